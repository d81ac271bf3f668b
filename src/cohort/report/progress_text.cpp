#include <cohort/report/format.hpp>
#include <cohort/report/progress_text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cohort {
namespace {

constexpr double silence = 0.5;        // seconds before a bar is shown at all
constexpr double redraw = 0.1;         // seconds between drawings of a bar
constexpr double first_line = 10;      // seconds before the first line of a log
constexpr double last_interval = 600;  // a log never says less than this often
constexpr double memory = 10;          // seconds that the rate remembers
constexpr int widest_bar = 40;

std::string bar_of(double share, int width) {
    const int full = std::clamp(static_cast<int>(share * width), 0, width);
    return '[' + std::string(static_cast<std::size_t>(full), '#') +
           std::string(static_cast<std::size_t>(width - full), '.') + ']';
}

}  // namespace

void ProgressText::started(std::string call, std::optional<std::uint64_t> items, double now) {
    call_ = std::move(call);
    items_ = items;
    done_ = 0;
    began_ = measured_ = now;
    next_ = now + (bar_ ? silence : first_line);
    interval_ = first_line;
    written_ = false;
    weighted_rate_ = weights_ = 0;
}

void ProgressText::measure(std::uint64_t items, double now) {
    const double passed = now - measured_;
    if (passed <= 0) {
        done_ = std::max(done_, items);
        return;
    }
    const double keep = std::exp(-passed / memory);
    const double rate = static_cast<double>(items - std::min(items, done_)) / passed;
    weighted_rate_ = weighted_rate_ * keep + rate * (1 - keep);
    weights_ = weights_ * keep + (1 - keep);
    measured_ = now;
    done_ = std::max(done_, items);
}

std::string ProgressText::line(double now, int columns, bool last) const {
    const double share =
        items_ && *items_ > 0 ? static_cast<double>(done_) / static_cast<double>(*items_) : 1;
    const double rate = last ? static_cast<double>(done_) / std::max(now - began_, 1e-9)
                             : (weights_ > 0 ? weighted_rate_ / weights_ : 0);
    std::string head = call_;
    if (items_) {
        if (!head.empty()) head += bar_ ? " " : ": ";
        head += fmt::format("{:3.0f} %", std::floor(share * 100));
    }

    std::string tail = grouped(done_);
    if (items_ && (!last || done_ != *items_)) tail += " of " + grouped(*items_);
    tail += ' ' + what_;
    if (last) tail += " in " + duration(now - began_);
    if (rate > 0) tail += ", " + short_number(rate) + "/s";
    if (!last && items_ && rate > 0) {
        tail += ", " + duration(static_cast<double>(*items_ - std::min(done_, *items_)) / rate) + " left";
    }
    if (!bar_) return head + (head.empty() ? "" : items_ ? ", " : ": ") + tail;

    // The last column stays free: some terminals go to the next line when it is written.
    const int room = columns - 1 - static_cast<int>(head.size() + tail.size()) - 4;
    std::string text = head;
    if (items_ && room >= 5) text += ' ' + bar_of(share, std::min(room, widest_bar));
    text += (text.empty() ? "" : " ") + tail;
    return text.substr(0, static_cast<std::size_t>(std::max(columns - 1, 0)));
}

std::string ProgressText::advanced(std::uint64_t items, double now, int columns) {
    measure(items, now);
    if (now < next_) return {};
    written_ = true;
    if (bar_) {
        next_ = now + redraw;
        return '\r' + line(now, columns, false) + "\x1b[K";
    }
    interval_ = std::min(interval_ * 2, last_interval);
    next_ = now + interval_;
    return line(now, columns, false) + '\n';
}

std::string ProgressText::ended(const Balance& balance, double now, int columns) {
    if (!written_) return {};
    written_ = false;
    measure(balance.items, now);
    const std::string text = line(now, columns, true);
    return bar_ ? '\r' + text + "\x1b[K\n" : text + '\n';
}

std::string ProgressText::abandoned() {
    const bool open = written_ && bar_;
    written_ = false;
    return open ? "\n" : "";
}

}  // namespace cohort
