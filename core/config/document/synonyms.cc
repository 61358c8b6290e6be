#include "config/document/synonyms.h"

#include "config/text/suggest.h"

namespace resil {
namespace {

struct Synonyms {
  Shape shape;             // App: of every target
  std::string_view words;  // in small letters, each between blanks
  std::string_view field, meaning;
};
constexpr Synonyms kSynonyms[] = {
    {Shape::Retry, " interval delay backoff wait pause waitduration basedelay ", "duration",
     "the delay of a constant policy is its duration"},
    {Shape::Retry, " maxdelay maxbackoff cap ", "maxInterval",
     "the longest delay of an exponential policy is maxInterval"},
    {Shape::Retry, " maxattempts attempts retries count limit times maxretryattempts numretries ", "maxRetries",
     "how often to retry is maxRetries"},
    {Shape::Retry, " type strategy kind mode ", "policy", "constant or exponential is said by policy"},
    {Shape::Retry, " retryon statuscodes codes statuses retryonstatus on ", "matching",
     "which statuses to retry is said by matching: {httpStatusCodes: \"429,500-599\"}"},
    {Shape::Retry, " initialdelay firstdelay mindelay mininterval baseinterval initialbackoff ", "initialInterval",
     "the first delay of an exponential policy is initialInterval"},
    {Shape::Retry, " factor delayfactor backofffactor backoffmultiplier exponentialbackoffmultiplier exponent ",
     "multiplier", "what each delay of an exponential policy is multiplied by is multiplier"},
    {Shape::Retry, " randomizationfactor randomizedwaitfactor jitterfactor ", "spread",
     "how far a delay is spread is said by jitter: spread and its spread"},
    {Shape::Retry, " maxelapsedtime maxelapsed totaltimeout overalltimeout giveupafter ", "maxDuration",
     "how long an operation may go on retrying is maxDuration"},
    {Shape::Retry, " retrybudget budgetpercent ", "budget", "a retry budget is written budget: {ratio: 0.2}"},
    {Shape::Budget, " percent percentage budgetpercent retryratio percentcanretry ", "ratio",
     "how many retries a call may add is ratio, like 0.2"},
    {Shape::Budget, " minretryconcurrency minretriespersecond minpersec min ", "minPerSecond",
     "how many retries are always allowed is minPerSecond"},
    {Shape::Budget, " ttl interval per period ", "window", "over how long it counts is window"},
    {Shape::Breaker, " duration openduration sleepwindow resettimeout recoverytimeout cooldown delay breakduration ",
     "timeout", "how long it stays open is its timeout"},
    {Shape::Breaker, " threshold failurethreshold failures maxfailures errorthreshold consecutivefailures condition ",
     "trip", "when it opens is said by trip, like trip: consecutiveFailures > 5"},
    {Shape::Breaker, " halfopenrequests permittedcalls successthreshold probes ", "maxRequests",
     "how many calls it admits while half-open is maxRequests"},
    {Shape::Breaker,
     " failureratethreshold failureratio failurerate errorthresholdpercentage minimumthroughput "
     "minimumnumberofcalls volumethreshold slowcallratethreshold ",
     "trip", "when it opens is said by trip, like trip: calls >= 20 && failureRate >= 0.5"},
    {Shape::Breaker, " samplingduration slidingwindow rollingcounttimeout rollingwindow statisticalwindow ", "window",
     "over which time it counts is window"},
    {Shape::Breaker, " slidingwindowsize minimumcalls lastcalls countwindow ", "windowCalls",
     "over how many calls it counts is windowCalls"},
    {Shape::Breaker, " rollingcountbuckets numbuckets bucketcount ", "buckets", "how a window is divided is buckets"},
    {Shape::Breaker, " slowcalldurationthreshold slowcallduration slowthreshold ", "slowCall",
     "from when on a call is slow is slowCall"},
    {Shape::Breaker, " shadow dryrun reportonly ", "mode", "a breaker that rejects nobody is written mode: shadow"},
    {Shape::App,
     " bulkhead concurrency concurrencylimit maxconcurrentcalls maxconcurrentrequests maxparallel "
     "maxparallelization maxinflight semaphore ",
     "maxConcurrent", "how many attempts may be in flight is maxConcurrent"},
    {Shape::App, " ratelimiter throttle rps requestspersecond ratelimits limit ", "rateLimit",
     "a rate limit is written rateLimit: {rate: 100, per: 1s}"},
    {Shape::App, " totaltimeout overalltimeout operationtimeout timelimit totaldeadline ", "deadline",
     "the time of a whole operation is deadline"},
    {Shape::App, " honorretryafter respectretryafter holdon retryafter ", "holdOnRetryAfter",
     "to begin nothing until a server's hint is over is written holdOnRetryAfter: true"},
    {Shape::RateLimit, " limit limitforperiod permits permitlimit requests tokens count tokensperperiod ", "rate",
     "how many attempts may begin in each per is rate"},
    {Shape::RateLimit, " period interval window limitrefreshperiod replenishmentperiod refresh every unit ", "per",
     "in how long that many may begin is per"},
    {Shape::RateLimit, " bucketsize capacity maxburst tokenlimit size ", "burst",
     "how many may begin at once is burst"},
};

}  // namespace

std::string synonym_of(std::string_view word, const YamlNode& mapping, Shape shape, bool extension) {
  const Shape family = shape == Shape::Actor || shape == Shape::Direction ? Shape::App : shape;
  const std::string looked_for = " " + lowered(word) + " ";
  for (const Synonyms& synonyms : kSynonyms) {
    if (synonyms.shape != family || synonyms.words.find(looked_for) == std::string_view::npos) continue;
    if (has_field(mapping, synonyms.field)) continue;
    const Field* field = find_field(shape, synonyms.field);
    return "; " + std::string(synonyms.meaning) + (field->extension ? in_an_extension(extension) : "");
  }
  return "";
}

std::string in_an_extension(bool extension) { return extension ? "" : ", in a document of kind: ResiliencyExtension"; }

}  // namespace resil
