package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// daprStyle writes lines as Dapr's sidecar does: INFO[0025] what happened.
type daprStyle struct {
	slog.Handler
	out   io.Writer
	start time.Time
}

func newDaprStyle(out io.Writer) *daprStyle {
	return &daprStyle{slog.NewTextHandler(out, nil), out, time.Now()}
}

func (h *daprStyle) Handle(_ context.Context, r slog.Record) error {
	_, err := fmt.Fprintf(h.out, "%.4s[%04d] %s  \n", r.Level, int(r.Time.Sub(h.start).Seconds()), r.Message)
	return err
}
