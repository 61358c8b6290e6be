//go:build cgo

package resil

import "log/slog"

// Option configures [Load], [LoadText], [Check] and [CheckText].
type Option func(*options)

type options struct {
	appID, config               string
	lenient, everyRejection     bool
	maxEndpoints, eventCapacity uint32
	jitterSeed, maxBytes        uint64
	clock                       Clock
	logger                      *slog.Logger
	quiet                       bool
}

func optionsOf(opts []Option) *options {
	o := &options{}
	for _, apply := range opts {
		apply(o)
	}
	return o
}

// WithAppID says who is calling: documents whose `scopes` list other apps do not apply. Without it every document applies.
func WithAppID(id string) Option { return func(o *options) { o.appID = id } }

// WithConfig names a `kind: Configuration` file that must enable the feature `Resiliency`; if it does not, every endpoint
// passes through.
func WithConfig(path string) Option { return func(o *options) { o.config = path } }

// WithLenient turns into warnings what Dapr itself ignores in a file: unknown fields, undefined policy names and the like.
func WithLenient() Option { return func(o *options) { o.lenient = true } }

// WithEveryRejection asks for an event for each rejection, not only for the first after a breaker opened.
func WithEveryRejection() Option { return func(o *options) { o.everyRejection = true } }

// WithMaxEndpoints bounds the number of endpoints; the default is 1 048 576. Beyond it [Endpoint.Err] is [ErrFull].
func WithMaxEndpoints(n uint32) Option { return func(o *options) { o.maxEndpoints = n } }

// WithEventCapacity is how many events the engine keeps for a reader that lags; the default is 1024.
func WithEventCapacity(n uint32) Option { return func(o *options) { o.eventCapacity = n } }

// WithJitterSeed makes the delays of exponential policies repeatable. Zero, the default, is random.
func WithJitterSeed(seed uint64) Option { return func(o *options) { o.jitterSeed = seed } }

// WithMaxBytes bounds the policy text, all documents together; the default is 262 144.
func WithMaxBytes(n uint64) Option { return func(o *options) { o.maxBytes = n } }

// WithClock replaces time and waiting, for tests and simulations.
func WithClock(clock Clock) Option { return func(o *options) { o.clock = clock } }

// WithLogger chooses who logs retries, recoveries, changes of a breaker's state (at Info) and warnings about the policy
// (at Warn). The default is [slog.Default] at the time of logging; nil logs nothing. A handler may use the engine, but not close it.
func WithLogger(logger *slog.Logger) Option {
	return func(o *options) { o.logger, o.quiet = logger, logger == nil }
}
