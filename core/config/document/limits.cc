#include "config/document/limits.h"

#include <cmath>
#include <optional>

#include "config/document/fields.h"
#include "config/text/number.h"
#include "config/text/suggest.h"
#include "resil/limits/concurrency_limiter.h"
#include "resil/limits/rate_limiter.h"

namespace resil {
namespace {

constexpr std::int64_t kMostConcurrent = ConcurrencyLimiter<std::atomic>::kMost, kMostRate = 1'000'000'000,
                       kMostBurst = 1'000'000'000;

// A rate of less than one in each per, or of one and a half.
bool tell_fraction(const YamlNode& limit, Diagnostics& diagnostics) {
  const YamlNode* rate = limit.find("rate");
  const std::optional<double> number = rate == nullptr ? std::nullopt : parse_number(rate->text);
  if (!number || *number <= 0 || parse_integer(rate->text).value || *number == std::floor(*number)) return false;
  diagnostics.error(*rate, "rate must be a whole number, this is " + quoted(rate->text) +
                               "; write a whole one with a longer per, like {rate: 1, per: 2s} for one in two seconds");
  return true;
}

void read_rate_limit(const YamlNode& node, std::optional<RateLimit>& out, Diagnostics& diagnostics) {
  const bool fresh = !out.has_value();
  RateLimit limit = out.value_or(RateLimit{});
  const bool rate = node.find("rate") != nullptr;
  if (fresh && !rate) {
    diagnostics.error(
        node, "rateLimit has no rate; write how many attempts may begin in each per, like {rate: 100, per: 1s}");
    return;
  }
  if (tell_fraction(node, diagnostics)) return;
  read_integer(node, "rate", 1, kMostRate, limit.rate, diagnostics);
  read_integer(node, "burst", 1, kMostBurst, limit.burst, diagnostics);
  if (read_duration(node, "per", limit.per, diagnostics) && limit.per == 0) {
    diagnostics.error(*node.find("per"), "per cannot be 0; write in how long the rate may begin, like 1s");
    return;
  }
  if (limit.per < limit.rate)
    diagnostics.error(node, "rateLimit is faster than one attempt in a nanosecond; leave it out for no limit");
  else if (static_cast<double>(limit.per) / static_cast<double>(limit.rate) * static_cast<double>(limit.burst) > 1e18)
    diagnostics.error(node, "rateLimit would take more than 30 years to let its burst through; write a smaller burst");
  else if (!Spacing::countable(limit.rate, limit.per, limit.burst))
    diagnostics.error(node,
                      "rateLimit has a spacing that cannot be kept exactly over so large a burst; write a smaller "
                      "burst, or a rate that divides per");
  out = limit;
}

}  // namespace

void read_limits(const YamlNode& target, TargetLimits& limits, Diagnostics& diagnostics) {
  read_duration(target, "deadline", limits.deadline, diagnostics);
  std::int64_t most = 0;
  if (read_integer(target, "maxConcurrent", 0, kMostConcurrent, most, diagnostics))
    limits.max_concurrent = static_cast<std::uint32_t>(most);
  if (const YamlNode* rate = target.find("rateLimit")) read_rate_limit(*rate, limits.rate_limit, diagnostics);
  read_bool(target, "holdOnRetryAfter", limits.hold_on_retry_after, diagnostics);
}

}  // namespace resil
