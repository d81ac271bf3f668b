#include <cohort/app/json.hpp>

#include <nlohmann/json.hpp>

namespace cohort {

std::string json_text(const nlohmann::ordered_json& object) {
    return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string json_text_up_to(const std::string& field, const nlohmann::ordered_json& object) {
    std::string text = json_text(object);
    text.pop_back();
    if (!object.empty()) text += ',';
    return text + json_text(field) + ':';
}

}  // namespace cohort
