#include <cohort/app/json.hpp>

#include <nlohmann/json.hpp>

namespace cohort {

std::string json_text(const nlohmann::ordered_json& object) {
    return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace cohort
