#include <cohort/app/json.hpp>

#include <nlohmann/json.hpp>

namespace cohort {

std::string json_text(const nlohmann::ordered_json& object, const JsonField& last) {
    const auto text_of = [](const nlohmann::ordered_json& json) {
        return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    };
    std::string text = text_of(object);
    if (last.name.empty()) return text;
    text.pop_back();
    if (!object.empty()) text += ',';
    text += text_of(last.name);
    text += ':';
    text += last.value;
    text += '}';
    return text;
}

}  // namespace cohort
