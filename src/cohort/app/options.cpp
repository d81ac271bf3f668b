#include <cohort/app/options.hpp>
#include <cohort/report/format.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace cohort {
namespace {

// "--width" and "width" for an argument: as the user writes it, or is told of it.
std::string called(const std::string& name) {
    const std::string last = name.substr(name.rfind(',') + 1);
    return last.starts_with('-') ? "the value of " + last : last;
}

template <typename Read>
CLI::Option* add(CLI::App& options, const std::string& name, const std::string& help, const char* form,
                 const std::string& shown_default, const Read& read) {
    return options
        .add_option_function<std::string>(
            name, [read, where = called(name)](const std::string& text) { read(text, where); }, help)
        ->type_name(form)
        ->default_str(shown_default);
}

}  // namespace

CLI::Option* add_whole(CLI::App& options, const std::string& name, std::uint64_t& value,
                       const std::string& help, Limits<std::uint64_t> limits) {
    return add(options, name, help, "N", grouped(value),
               [&value, limits](const std::string& text, const std::string& where) {
                   value = parse_whole(text, where, limits);
               });
}

CLI::Option* add_real(CLI::App& options, const std::string& name, double& value, const std::string& help,
                      Limits<double> limits) {
    return add(options, name, help, "X", fmt::format("{}", value),
               [&value, limits](const std::string& text, const std::string& where) {
                   value = parse_real(text, where, limits);
               });
}

CLI::Option* add_size(CLI::App& options, const std::string& name, Size& value, const std::string& help) {
    return add(
        options, name, help, "WxH", fmt::format("{}x{}", value.width, value.height),
        [&value](const std::string& text, const std::string& where) { value = parse_size(text, where); });
}

CLI::Option* add_pair(CLI::App& options, const std::string& name, Pair& value, const std::string& help) {
    return add(
        options, name, help, "A,B", fmt::format("{},{}", value.first, value.second),
        [&value](const std::string& text, const std::string& where) { value = parse_pair(text, where); });
}

CLI::Option* add_complex(CLI::App& options, const std::string& name, std::complex<double>& value,
                         const std::string& help) {
    return add(
        options, name, help, "RE,IM", fmt::format("{},{}", value.real(), value.imag()),
        [&value](const std::string& text, const std::string& where) { value = parse_complex(text, where); });
}

CLI::Option* add_range(CLI::App& options, Range& value, const std::string& help) {
    return options
        .add_option_function<std::vector<std::string>>(
            "RANGE",
            [&value, command = options.get_name()](const std::vector<std::string>& texts) {
                value = parse_range(texts, command);
            },
            help)
        ->type_name("[FROM] TO | FROM +LENGTH")
        ->expected(1, 2)
        ->required();
}

}  // namespace cohort
