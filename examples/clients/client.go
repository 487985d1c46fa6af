// A page of a ranking, and a report of its first item: go run client.go http://localhost:8080 request.json
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"
)

// ServeError is the server's reason, with its status and, where there is one, its code (MTL7113).
type ServeError struct {
	Status  int    `json:"-"`
	Message string `json:"error"`
	Code    string `json:"code"`
}

func (e *ServeError) Error() string { return fmt.Sprintf("%d %s", e.Status, e.Message) }

// Page is what a ranking answers.
type Page struct {
	Items []struct {
		ID    string  `json:"id"`
		Score float64 `json:"score"`
	} `json:"items"`
	PageToken string `json:"pageToken"`
}

// Exposure says which items of a page were shown.
type Exposure struct {
	PageToken string   `json:"pageToken"`
	Items     []string `json:"items"`
}

// Results says what became of each exposure.
type Results struct {
	Results []struct {
		Counted, Repeated, Late []string
	} `json:"results"`
}

// post asks until the context ends; a server that is busy is asked again after the time that it says.
func post(ctx context.Context, url string, body []byte, answer any) error {
	for {
		wait, err := postOnce(ctx, url, body, answer)
		if err == nil || wait < 0 {
			return err
		}
		if end, ok := ctx.Deadline(); ok && time.Now().Add(wait).After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}

// postOnce says how long to wait before another try; a negative time: not at all.
func postOnce(ctx context.Context, url string, body []byte, answer any) (time.Duration, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return -1, err
	}
	request.Header.Set("content-type", "application/json")
	if end, ok := ctx.Deadline(); ok {
		request.Header.Set("x-request-timeout-ms", strconv.FormatInt(max(1, time.Until(end).Milliseconds()), 10))
	}
	if token := os.Getenv("MTLC_TOKEN"); token != "" {
		request.Header.Set("authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return -1, err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusOK {
		return -1, json.NewDecoder(response.Body).Decode(answer)
	}
	failed := &ServeError{Status: response.StatusCode}
	if err := json.NewDecoder(response.Body).Decode(failed); err != nil {
		return -1, errors.Join(failed, err)
	}
	if failed.Status != http.StatusTooManyRequests && failed.Status != http.StatusServiceUnavailable {
		return -1, failed
	}
	seconds, err := strconv.Atoi(response.Header.Get("retry-after"))
	if err != nil {
		seconds = 1
	}
	return time.Duration(seconds) * time.Second, failed
}

func run(url, path string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	request, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var page Page
	if err := post(ctx, url+"/v1/rank", request, &page); err != nil {
		return err
	}
	for _, item := range page.Items {
		fmt.Println(item.ID, item.Score)
	}
	if len(page.Items) == 0 {
		return nil
	}
	shown := Exposure{PageToken: page.PageToken, Items: []string{page.Items[0].ID}}
	report, err := json.Marshal(map[string][]Exposure{"exposures": {shown}})
	if err != nil {
		return err
	}
	// A report may be sent again whenever its answer was lost: each item counts once.
	var results Results
	if err := post(ctx, url+"/v1/exposures", report, &results); err != nil {
		return err
	}
	fmt.Println(results.Results[0].Counted)
	return nil
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
