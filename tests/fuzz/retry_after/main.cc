// Any bytes as the value of a Retry-After field: none, or a wait that the same text always means.
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "resil/policy/retry_after.h"

using namespace resil;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// The moment that the answer means, written as an IMF-fixdate, has to mean the same wait.
void require_same_date(Nanos now, Nanos wait) {
  using namespace std::chrono;
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (add_saturated(now, wait) == kForever) return;  // held, or further than nanoseconds reach
  const sys_seconds at{floor<seconds>(nanoseconds(now + wait))};
  const auto day_of = floor<days>(at);
  const year_month_day date{day_of};
  const hh_mm_ss time{at - day_of};
  char text[64];
  std::snprintf(text, sizeof text, "Mon, %02u %s %04d %02d:%02d:%02d GMT", static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  require(parse_retry_after(text, now) == std::optional(wait));
}

}  // namespace

// The first 8 bytes are the time, the rest is the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Nanos now = 0;
  if (size < sizeof now) return 0;
  std::memcpy(&now, data, sizeof now);
  const std::string_view text(reinterpret_cast<const char*>(data) + sizeof now, size - sizeof now);
  const std::optional<Nanos> wait = parse_retry_after(text, now);
  require(!wait || *wait >= 0);
  require(parse_retry_after(text, now) == wait);
  const bool number = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  if (number) {
    std::uint64_t seconds = 0;
    const bool fits = std::from_chars(text.data(), text.data() + text.size(), seconds).ec == std::errc();
    require(wait == (fits && seconds <= kForever / kSecond ? static_cast<Nanos>(seconds) * kSecond : kForever));
  } else if (wait) {
    require(text.size() >= 24 && text.size() <= 33);  // asctime's is the shortest, RFC 850's with Wednesday the longest
    require_same_date(now, *wait);
  }
  return 0;
}
