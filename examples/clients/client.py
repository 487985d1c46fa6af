"""A page of a ranking, and a report of its first item: python client.py http://localhost:8080 request.json"""

import json
import os
import sys
import time
import urllib.error
import urllib.request


class ServeError(Exception):
    """The server's reason, with its status and, where there is one, its code (`MTL7113`)."""

    def __init__(self, status, body):
        super().__init__(body.get("error", f"status {status}"))
        self.status = status
        self.code = body.get("code")


def post(url, body, timeout=5.0):
    """The answer to `body`. A server that is busy is asked again after the time that it says, within `timeout` seconds."""
    end = time.monotonic() + timeout
    while True:
        left = end - time.monotonic()
        headers = {"content-type": "application/json", "x-request-timeout-ms": str(max(1, int(left * 1000)))}
        if "MTLC_TOKEN" in os.environ:
            headers["authorization"] = f"Bearer {os.environ['MTLC_TOKEN']}"
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=max(0.001, left)) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            wait = float(error.headers.get("retry-after", 1))
            if error.code not in (429, 503) or time.monotonic() + wait >= end:
                raise ServeError(error.code, json.load(error)) from None
            time.sleep(wait)


def main(url, path):
    with open(path, encoding="utf-8") as file:
        page = post(f"{url}/v1/rank", json.load(file))
    for item in page["items"]:
        print(item["id"], item["score"])
    if page["items"]:
        shown = {"pageToken": page["pageToken"], "items": [page["items"][0]["id"]]}
        # A report may be sent again whenever its answer was lost: each item counts once.
        print(post(f"{url}/v1/exposures", {"exposures": [shown]})["results"])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
