package resilhttp

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// StatusError is a response whose status is a failure, as an error that [resil.Do] understands.
type StatusError struct {
	Code  int           // e.g. 503
	After time.Duration // the server's Retry-After; 0 = none
}

// ErrorOf returns a [*StatusError] for a response below 200 or above 399, and nil for others: for calls made through
// [resil.Do] rather than a [Transport]. It leaves the body alone.
func ErrorOf(response *http.Response) error {
	if code := response.StatusCode; code < 200 || code > 399 {
		return &StatusError{Code: code, After: RetryAfter(response)}
	}
	return nil
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("HTTP status %d %s", e.Code, http.StatusText(e.Code))
}

// HTTPStatusCode and RetryAfter are what resil asks errors for.
func (e *StatusError) HTTPStatusCode() int { return e.Code }

func (e *StatusError) RetryAfter() time.Duration { return e.After }

// RetryAfter reads the header of that name: seconds or a date; 0 if there is none, or it makes no sense, or is past.
func RetryAfter(response *http.Response) time.Duration {
	value := response.Header.Get("Retry-After")
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(time.Until(date), 0)
	}
	return 0
}
