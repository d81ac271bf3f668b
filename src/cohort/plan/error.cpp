#include <cohort/plan/error.hpp>

#include <csignal>

namespace cohort {

std::string_view name(ErrorKind kind) noexcept {
    switch (kind) {
        case ErrorKind::none: return "none";
        case ErrorKind::usage: return "usage";
        case ErrorKind::task: return "task";
        case ErrorKind::store: return "store";
        case ErrorKind::interrupted: return "interrupted";
        case ErrorKind::fault: return "fault";
    }
    return "fault";
}

std::string error_text(std::string_view wrong, std::string_view why, std::string_view remedy) {
    std::string text(wrong);
    if (!why.empty()) {
        text.append(" (").append(why).append(")");
    }
    if (!remedy.empty()) {
        text.append("; ").append(remedy);
    }
    return text;
}

int Interrupted::exit_status() const noexcept {
    return signal_ == SIGINT ? exit_status::interrupted : exit_status::try_again;
}

}  // namespace cohort
