// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/head_json.hpp"

#include <exception>
#include <fmt/format.h>
#include <vector>

#include "base/json.hpp"
#include "base/try.hpp"
#include "pt2/limits.hpp"

namespace trilby::pt2 {
namespace {

json::array numbers(const std::vector<std::int64_t>& values) {
    json::array array;
    for (const std::int64_t value : values) {
        array.push_back(json::object{{"as_int", value}});
    }
    return array;
}

void reshape(json::object& meta, const StoredTensor& tensor) {
    meta["sizes"] = numbers(tensor.sizes);
    meta["strides"] = numbers(tensor.strides);
    meta["storage_offset"] = {{"as_int", tensor.offset}};
}

/// The head's tensors, with the names that they have in the graph.
struct HeadTensor {
    const StoredTensor* tensor;
    std::string name_in_graph;
};
std::vector<HeadTensor> tensors_of(const Program& program, const Head& head) {
    std::vector<HeadTensor> tensors;
    for (const InputSpec& input : program.inputs) {
        if (head.has(input.target)) {
            tensors.push_back({find_tensor(program, input.target), input.name});
        }
    }
    return tensors;
}

/// The result keeps its first extents, of which one may be that of the batch.
void widen(json::object& meta, std::int64_t outputs) {
    json::array& sizes = meta.at("sizes").as_array();
    sizes.at(sizes.size() - 1) = {{"as_int", outputs}};
    meta.at("strides").as_array().at(sizes.size() - 1) = {{"as_int", 1}};
    if (sizes.size() > 1) {
        meta.at("strides").as_array().at(sizes.size() - 2) = {{"as_int", outputs}};
    }
}

std::unexpected<Error> has_other_form(std::string_view what) {
    return failure(ErrorCode::bad_data,
                   fmt::format("{} has another form than PyTorch's, so that its last layer cannot "
                               "be replaced",
                               what),
                   "write the weights as safetensors");
}

}  // namespace

Result<std::string> model_with_head(std::string_view json_text, const Program& program,
                                    const Head& head) {
    TRILBY_TRY(document, json::parse_object(json_text, "models/model.json", most_levels));
    try {
        json::object& values =
            document.at("graph_module").at("graph").at("tensor_values").as_object();
        for (const HeadTensor& part : tensors_of(program, head)) {
            reshape(values.at(part.name_in_graph).as_object(), *part.tensor);
        }
        widen(values.at(head.result).as_object(), find_tensor(program, head.weight)->sizes.at(0));
    } catch (const std::exception&) {
        return has_other_form("models/model.json");
    }
    return json::serialize(document);
}

Result<std::string> config_with_head(std::string_view json_text, const Program& program,
                                     const Head& head) {
    TRILBY_TRY(document, json::parse_object(json_text, "the weights' configuration", most_levels));
    try {
        json::object& config = document.at("config").as_object();
        for (const HeadTensor& part : tensors_of(program, head)) {
            json::object& entry = config.at(part.tensor->name).as_object();
            reshape(entry.at("tensor_meta").as_object(), *part.tensor);
        }
    } catch (const std::exception&) {
        return has_other_form("the weights' configuration");
    }
    return json::serialize(document);
}

}  // namespace trilby::pt2
