#!/bin/sh
# A page of a ranking, and a report of its first item, with curl: sh client.sh http://localhost:8080 request.json
set -eu
url=$1
request=$2

# POST PATH BODY: curl waits for `retry-after` by itself where the server is busy (429, 503).
post() {
  curl --silent --show-error --fail-with-body --max-time 5 --retry 3 --retry-max-time 5 \
    --header "authorization: Bearer ${MTLC_TOKEN:-none}" --header "content-type: application/json" \
    --header "x-request-timeout-ms: 5000" --data "$2" "$url$1"
}

# text MEMBER: the first text of this member in JSON. With jq it would be `jq -r .pageToken`.
text() {
  sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

page=$(post /v1/rank "@$request")
echo "$page"
token=$(echo "$page" | text pageToken)
first=$(echo "$page" | sed -n 's/.*"items":\[{"id":"\([^"]*\)".*/\1/p')
post /v1/exposures "{\"exposures\":[{\"pageToken\":\"$token\",\"items\":[\"$first\"]}]}"
echo
