package resilhttp

import (
	"io"
	"sync"
)

// releasing wraps a response's body, whose reading must outlive the attempt: the attempt's context is released when the body
// has been read or is closed. A body that can be written to (a switched protocol's) stays one.
func releasing(body io.ReadCloser, release func()) io.ReadCloser {
	wrapped := &responseBody{ReadCloser: body, release: sync.OnceFunc(release)}
	if writer, ok := body.(io.Writer); ok {
		return &duplexBody{wrapped, writer}
	}
	return wrapped
}

type responseBody struct {
	io.ReadCloser
	release func()
}

func (b *responseBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.release()
	}
	return n, err
}

func (b *responseBody) Close() error {
	defer b.release()
	return b.ReadCloser.Close()
}

type duplexBody struct {
	*responseBody
	io.Writer
}
