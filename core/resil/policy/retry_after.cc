// Sections 5.6.7 and 10.2.3 of RFC 9110, letter by letter: no locale, no time zone, no leniency. A server that writes
// something else has not said how long to wait.
#include "resil/policy/retry_after.h"

#include <chrono>
#include <compare>

namespace resil {
namespace {

using namespace std::chrono;

constexpr std::string_view kDays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What a date's text says. The day's name says nothing that the rest does not.
struct Moment {
  int year = 0;
  int month = 0, day = 0, second = 0;  // of the year, of the month, of the day

  auto operator<=>(const Moment&) const = default;
};

// Reads from the front; after the first mistake nothing matches any more.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool ended() const { return good_ && rest_.empty(); }

  bool take(std::string_view word) {
    const bool found = good_ && rest_.starts_with(word);
    if (found) rest_.remove_prefix(word.size());
    return found;
  }
  void expect(std::string_view word) { good_ = take(word); }

  int digits(std::size_t count) {
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      good_ = good_ && !rest_.empty() && is_digit(rest_.front());
      if (!good_) return 0;
      number = number * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return number;
  }

  int month() {
    for (int i = 0; i < 12; ++i) {
      if (take(kMonths[i])) return i + 1;
    }
    return 0;  // which makes no date
  }

  int second_of_day() {
    const int hour = digits(2);
    expect(":");
    const int minute = digits(2);
    expect(":");
    const int second = digits(2);
    const int most = hour == 23 && minute == 59 ? 60 : 59;  // a leap second is the last of its day
    good_ = good_ && hour <= 23 && minute <= 59 && second <= most;
    return (hour * 60 + minute) * 60 + second;
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

Nanos unix_seconds(Nanos unix_now) { return floor<seconds>(nanoseconds(unix_now)).count(); }

Moment moment_of(Nanos unix_now) {
  const seconds now(unix_seconds(unix_now));
  const days since_1970 = floor<days>(now);
  const year_month_day date{sys_days(since_1970)};
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())), static_cast<int>((now - since_1970).count())};
}

// Two digits mean the latest such year that makes a moment not more than 50 years ahead.
int full_year(Moment moment, Nanos unix_now) {
  Moment latest = moment_of(unix_now);
  const int century = latest.year - latest.year % 100;
  latest.year += 50;
  moment.year += century + 100;
  while (moment > latest) moment.year -= 100;
  return moment.year;
}

// IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
Moment read_fixdate(Reader& in) {
  Moment moment;
  in.expect(", ");
  moment.day = in.digits(2);
  in.expect(" ");
  moment.month = in.month();
  in.expect(" ");
  moment.year = in.digits(4);
  in.expect(" ");
  moment.second = in.second_of_day();
  in.expect(" GMT");
  return moment;
}

// RFC 850's: Sunday, 06-Nov-94 08:49:37 GMT
Moment read_rfc850(Reader& in, Nanos unix_now) {
  Moment moment;
  in.expect(", ");
  moment.day = in.digits(2);
  in.expect("-");
  moment.month = in.month();
  in.expect("-");
  moment.year = in.digits(2);
  in.expect(" ");
  moment.second = in.second_of_day();
  in.expect(" GMT");
  moment.year = full_year(moment, unix_now);
  return moment;
}

// asctime's: Sun Nov  6 08:49:37 1994
Moment read_asctime(Reader& in) {
  Moment moment;
  moment.month = in.month();
  in.expect(" ");
  moment.day = in.take(" ") ? in.digits(1) : in.digits(2);
  in.expect(" ");
  moment.second = in.second_of_day();
  in.expect(" ");
  moment.year = in.digits(4);
  return moment;
}

std::optional<Moment> read_date(std::string_view text, Nanos unix_now) {
  for (const std::string_view name : kDays) {
    Reader in(text);
    Moment moment;
    if (in.take(name)) {
      moment = read_rfc850(in, unix_now);
    } else if (in.take(name.substr(0, 3))) {
      moment = in.take(" ") ? read_asctime(in) : read_fixdate(in);
    } else {
      continue;
    }
    return in.ended() ? std::optional(moment) : std::nullopt;
  }
  return std::nullopt;
}

Nanos hold(__int128 duration) { return duration > kForever ? kForever : static_cast<Nanos>(duration); }

std::optional<Nanos> read_seconds(std::string_view text) {
  Nanos total = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    total = hold(static_cast<__int128>(total) * 10 + (c - '0'));
  }
  return hold(static_cast<__int128>(total) * kSecond);
}

}  // namespace

std::optional<Nanos> parse_retry_after(std::string_view text, Nanos unix_now) {
  if (text.empty()) return std::nullopt;
  if (is_digit(text.front())) return read_seconds(text);
  const std::optional<Moment> moment = read_date(text, unix_now);
  if (!moment) return std::nullopt;
  const year_month_day date{year(moment->year), month(static_cast<unsigned>(moment->month)),
                            day(static_cast<unsigned>(moment->day))};
  if (!date.ok()) return std::nullopt;
  const Nanos at = sys_days(date).time_since_epoch().count() * Nanos{86'400} + moment->second;
  const __int128 wait = static_cast<__int128>(at) * kSecond - unix_now;
  return wait < 0 ? std::nullopt : std::optional(hold(wait));
}

}  // namespace resil
