// spec.policies.circuitBreakers
#include <utility>

#include "config/document/definitions.h"
#include "config/document/fields.h"
#include "config/document/statuses.h"
#include "config/text/duration.h"
#include "config/text/suggest.h"
#include "config/trip/trip_parser.h"

namespace resil {
namespace {

void read_trip(const YamlNode& mapping, TripNames names, TripRule& trip, Diagnostics& diagnostics) {
  const YamlNode* node = mapping.find("trip");
  if (node == nullptr) return;
  TripResult compiled = compile_trip(node->text, diagnostics.lenient(), names);
  for (const TripMessage& message : compiled.messages) {
    std::string text = "trip: " + message.text;
    int column = node->column;
    if (node->text_column > 0) {
      column = node->text_column + static_cast<int>(message.offset);
    } else if (message.offset > 0) {
      text += " (at column " + std::to_string(message.offset + 1) + " of the expression)";
    }
    if (message.error)
      diagnostics.error(node->line, column, std::move(text));
    else
      diagnostics.warning(node->line, column, std::move(text));
  }
  if (compiled.rule) trip = std::move(*compiled.rule);
}

void read_window(const YamlNode& value, BreakerSettings& settings, Diagnostics& diagnostics) {
  std::int64_t number = 0;
  if (read_integer(value, "buckets", 1, BreakerRules::kMostBuckets, number, diagnostics))
    settings.buckets = static_cast<std::uint32_t>(number);
  if (read_integer(value, "windowCalls", 1, BreakerRules::kMostWindowCalls, number, diagnostics))
    settings.window_calls = static_cast<std::uint32_t>(number);
  if (read_duration(value, "window", settings.window, diagnostics) && settings.window > 0 &&
      settings.window < kMillisecond) {
    diagnostics.error(*value.find("window"), "window must be at least 1ms, or 0 for none");
  }
}

}  // namespace

void Definitions::add_breaker(const YamlNode& key, const YamlNode& value) {
  define(defined_breakers_, "circuit breaker", key, value);
  BreakerSettings& settings = breakers_[key.text];
  if (!extension_) settings = {};
  settings.policy_name = key.text;
  if (value.kind != YamlNode::Kind::Mapping) return;

  std::int64_t most = 0;
  if (read_integer(value, "maxRequests", 0, BreakerSettings::kMostRequests, most, diagnostics_))
    settings.max_requests = most == 0 ? 1 : static_cast<std::uint32_t>(most);
  read_duration(value, "interval", settings.interval, diagnostics_);
  if (read_duration(value, "timeout", settings.timeout, diagnostics_) && settings.timeout == 0)
    settings.timeout = BreakerSettings{}.timeout;
  read_trip(value, extension_ ? TripNames::Extension : TripNames::Original, settings.trip, diagnostics_);

  read_window(value, settings, diagnostics_);
  read_duration(value, "slowCall", settings.slow_call, diagnostics_);
  read_matching(value, settings.http, settings.grpc, diagnostics_);
  read_number(value, "timeoutMultiplier", 1, kMostMultiplier, settings.timeout_multiplier, diagnostics_);
  read_duration(value, "maxTimeout", settings.max_timeout, diagnostics_);
  read_number(value, "timeoutJitter", 0, 1, settings.timeout_jitter, diagnostics_);
  std::size_t word = 0;
  if (read_word(value, "mode", {"normal", "shadow"}, word, diagnostics_)) settings.shadow = word == 1;
}

void Definitions::finish_breaker(BreakerSettings& settings, const Definition& definition) {
  const auto wrong = [&](std::string_view field, const std::string& message) {
    diagnostics_.error(definition.has(field) ? definition.place(field) : definition.at, message);
  };
  const std::string name = "circuit breaker " + quoted(settings.policy_name);
  if (settings.windowed() && settings.interval > 0) {
    const std::string window = settings.window > 0 ? "window" : "windowCalls";
    wrong(window, name + " has both " + window +
                      " and interval, which both say what its counts cover; remove one, or " +
                      "write interval: 0s beside " + window);
  }
  if (settings.window > 0 && settings.window_calls > 0)
    wrong("windowCalls", name + " has both window and windowCalls, which both say what its counts cover; remove one");
  if (settings.window >= kMillisecond && settings.window / settings.buckets < BreakerRules::kShortestBucket)
    wrong(definition.has("buckets") ? "buckets" : "window",
          "the window of " + name + " is too short for " + std::to_string(settings.buckets) +
              " buckets, which must last 100us or longer; write buckets: " +
              std::to_string(settings.window / BreakerRules::kShortestBucket) + " or a longer window");
  if (settings.slow_call == 0 && (settings.trip.reads() & kSlowCalls) != 0)
    wrong("trip",
          "the trip of " + name + " reads slow calls, but nothing says which are; write slowCall: 2s beside it");

  if (settings.window == 0) no_effect(definition, "buckets", "there is no window to divide");
  if ((settings.trip.reads() & ~(kConsecutiveSuccesses | kConsecutiveFailures)) == 0) {
    const std::string runs = "the trip of " + name +
                             " reads none of the counts that it covers; consecutiveFailures and " +
                             "consecutiveSuccesses know no window, read failureRate, calls or totalFailures";
    if (settings.window > 0) no_effect(definition, "window", runs);
    if (settings.window_calls > 0) no_effect(definition, "windowCalls", runs);
  }
  if (settings.max_timeout > 0 && settings.max_timeout < settings.timeout) {
    diagnostics_.warning(definition.has("maxTimeout") ? definition.place("maxTimeout") : definition.at,
                         "maxTimeout of " + name + " is below its timeout (" + duration_text(settings.timeout) +
                             "): it stays open for " + duration_text(settings.max_timeout) + " each time");
  } else if (settings.timeout_multiplier <= 1)
    no_effect(definition, "maxTimeout", "timeoutMultiplier is 1, so the timeout never grows");
}

}  // namespace resil
