// Code generated from capi/contract.toml by capi/generate.py; edit the table. DO NOT EDIT.

// Package contract has resil.h's numbers.
package contract

const (
	EArg               = -1
	EConfig            = -2
	EFull              = -3
	ETicket            = -4
	EInternal          = -5
	App                = 0
	Actor              = 1
	ComponentIn        = 2
	ComponentOut       = 3
	Builtin            = 4
	Allow              = 0
	Reject             = 1
	Done               = 0
	Retry              = 1
	GiveUp             = 2
	WhyOpen            = 16
	WhyTooManyRequests = 17
	WhyHalfOpenFull    = 17
	WhyExhausted       = 18
	WhyNotRetriable    = 19
	WhyCancelled       = 20
	WhyDeadline        = 21
	WhyRetryBudget     = 22
	WhyBusy            = 23
	WhyRateLimited     = 24
	WhyHeld            = 25
	Success            = 0
	Failure            = 1
	Timeout            = 2
	Cancelled          = 3
	Closed             = 0
	Open               = 1
	HalfOpen           = 2
	EventBreaker       = 1
	EventRetry         = 2
	EventRecovered     = 3
	EventRejected      = 4
	EventTimedOut      = 5
	EventGaveUp        = 6
	EventWarning       = 7
	Abi                = 1
	Lenient            = 1
	EveryRejection     = 2
	HasEvents          = 1
	MayWait            = 2
	NoRetry            = 1073741824
	Shadow             = 1
	HttpBit            = 65536
	GrpcBit            = 131072
	Fast               = 1
	Counted            = 2
	TallyMost          = 17592186044415
)
