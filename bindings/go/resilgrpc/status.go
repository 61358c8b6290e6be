package resilgrpc

import (
	"context"
	"errors"
	"time"

	"github.com/resil/resil/bindings/go"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

type grpcStatus = status.Status

// OutcomeOf is the classifier for errors of gRPC clients: the engine gets the code, and decides.
func OutcomeOf(err error) resil.Outcome {
	if err == nil {
		return resil.Success
	}
	if s, ok := status.FromError(err); ok {
		return resil.GRPCCode(uint32(s.Code()))
	}
	return resil.OutcomeOf(err)
}

// callError is an attempt's error together with the delay that the server asked for.
type callError struct {
	error
	after time.Duration
}

func (e *callError) Unwrap() error { return e.error }

// RetryAfter is what resil asks errors for.
func (e *callError) RetryAfter() time.Duration { return e.after }

// explain reads the server's RetryInfo, if there is one.
func explain(err error) error {
	if err == nil {
		return nil
	}
	s, ok := status.FromError(err)
	if !ok {
		return err
	}
	for _, detail := range s.Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			return &callError{err, info.GetRetryDelay().AsDuration()}
		}
	}
	return err
}

// statusError gives one of resil's own errors, or a context's, its gRPC status.
type statusError struct {
	error
	code codes.Code
}

func (e *statusError) Unwrap() error { return e.error }

// GRPCStatus is what package status asks errors for.
func (e *statusError) GRPCStatus() *grpcStatus { return status.New(e.code, e.Error()) }

func codeOf(err error) codes.Code {
	switch {
	case errors.Is(err, resil.ErrOpen), errors.Is(err, resil.ErrTooManyRequests), errors.Is(err, resil.ErrClosed):
		return codes.Unavailable
	case errors.Is(err, context.DeadlineExceeded):
		return codes.DeadlineExceeded
	case errors.Is(err, context.Canceled):
		return codes.Canceled
	}
	return codes.Unknown
}
