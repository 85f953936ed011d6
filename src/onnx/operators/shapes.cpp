// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <numeric>

#include "onnx/operators/rules.hpp"

namespace trilby::onnx::shapes {
namespace {

using Integers = std::vector<std::int64_t>;

constexpr const char* no_shape = "its shape depends on the batch in more than one axis";

void same(Call& call) {
    call.gives(call.tensor("self"));
}

void to_type(Call& call) {
    call.gives(call.as("self", call.result_type()));
}

std::string reshaped(Call& call, const std::string& shape) {
    return call.graph.node("Reshape", {call.tensor("self"), shape});
}

void reshape(Call& call) {
    if (call.has("dtype")) {
        Call::refuse("it reads the bits as another type");
    }
    call.gives(reshaped(call, call.shape(call.sizes(call.has("shape") ? "shape" : "size"))));
}

/// What the model says of the result, with at most one axis that is not fixed.
std::string fixed_shape(Call& call) {
    Integers shape;
    for (const pt2::Size& size : call.result_meta().sizes) {
        shape.push_back(size.number.value_or(-1));
    }
    if (std::ranges::count(shape, -1) > 1) {
        Call::refuse(no_shape);
    }
    return call.graph.integers(shape);
}

void flatten(Call& call) {
    const std::int64_t first = call.axis("start_dim", "self", 0);
    const std::int64_t last = call.axis("end_dim", "self", -1);
    if (last != call.rank_of("self") - 1) {
        call.gives(reshaped(call, fixed_shape(call)));
        return;
    }
    Integers shape(static_cast<std::size_t>(first), 0);  // 0: as it was
    shape.push_back(-1);
    call.gives(reshaped(call, call.graph.integers(shape)));
}

void unflatten(Call& call) {
    call.gives(reshaped(call, fixed_shape(call)));
}

void like_other(Call& call) {
    call.gives(reshaped(call, call.shape_of(call.tensor("other"))));
}

void permuted(Call& call, const Integers& axes) {
    call.gives(call.graph.node("Transpose", {call.tensor("self")}, {{"perm", axes}}));
}

Integers all_axes(Call& call) {
    Integers axes(static_cast<std::size_t>(call.rank_of("self")));
    std::iota(axes.begin(), axes.end(), 0);
    return axes;
}

void permute(Call& call) {
    Integers axes = call.integers("dims");
    for (std::int64_t& axis : axes) {
        axis += axis < 0 ? call.rank_of("self") : 0;
    }
    permuted(call, axes);
}

void exchange(Call& call, std::int64_t a, std::int64_t b) {
    Integers axes = all_axes(call);
    std::swap(axes.at(static_cast<std::size_t>(a)), axes.at(static_cast<std::size_t>(b)));
    permuted(call, axes);
}

void transpose(Call& call) {
    const bool is_new = call.has("axis0");
    exchange(call, call.axis(is_new ? "axis0" : "dim0", "self"),
             call.axis(is_new ? "axis1" : "dim1", "self"));
}

void transpose_matrix(Call& call) {
    if (call.rank_of("self") < 2) {
        same(call);
        return;
    }
    exchange(call, 0, 1);
}

void reverse_axes(Call& call) {
    Integers axes = all_axes(call);
    std::ranges::reverse(axes);
    permuted(call, axes);
}

void unsqueeze(Call& call) {
    const std::int64_t dim = call.integer("dim");
    call.gives(call.graph.node("Unsqueeze", {call.tensor("self"), call.graph.integers({dim})}));
}

/// Removes those of the given axes, or of all, that have one element.
void squeeze(Call& call) {
    Integers given = call.has("dim") ? call.integers("dim") : all_axes(call);
    for (std::int64_t& axis : given) {
        axis += axis < 0 ? call.rank_of("self") : 0;
    }
    const auto& sizes = call.meta("self").sizes;
    std::erase_if(given, [&](std::int64_t axis) {
        return sizes.at(static_cast<std::size_t>(axis)).number != 1;
    });
    if (given.empty()) {
        same(call);
        return;
    }
    call.gives(call.graph.node("Squeeze", {call.tensor("self"), call.graph.integers(given)}));
}

void expand(Call& call) {
    std::vector<Number> sizes = call.sizes("size");
    for (Number& size : sizes) {
        if (size == Number(std::int64_t{-1})) {
            size = std::int64_t{1};  // -1: as it was
        }
    }
    call.gives(call.graph.node("Expand", {call.tensor("self"), call.shape(sizes)}));
}

void expand_as(Call& call) {
    call.gives(
        call.graph.node("Expand", {call.tensor("self"), call.shape_of(call.tensor("other"))}));
}

void repeat(Call& call) {
    const std::vector<Number> repeats = call.sizes("repeats");
    std::string x = call.tensor("self");
    const auto rank = static_cast<std::size_t>(call.rank_of("self"));
    if (repeats.size() > rank) {
        Integers axes(repeats.size() - rank);
        std::iota(axes.begin(), axes.end(), 0);
        x = call.graph.node("Unsqueeze", {x, call.graph.integers(axes)});
    }
    call.gives(call.graph.node("Tile", {x, call.shape(repeats)}));
}

void cat(Call& call) {
    call.gives(call.graph.node("Concat", call.tensors_as("tensors", call.result_type()),
                               {{"axis", call.integer("dim", 0)}}));
}

void stack(Call& call) {
    const std::int64_t dim = call.integer("dim", 0);
    std::vector<std::string> parts;
    for (const std::string& tensor : call.tensors_as("tensors", call.result_type())) {
        parts.push_back(call.graph.node("Unsqueeze", {tensor, call.graph.integers({dim})}));
    }
    call.gives(call.graph.node("Concat", parts, {{"axis", dim}}));
}

/// The sizes of the parts are those of the results.
void split(Call& call) {
    const std::int64_t axis = call.axis("dim", "self", 0);
    Integers sizes;
    for (std::size_t i = 0; i < call.count_results(); ++i) {
        const auto& size = call.result_meta(i).sizes.at(static_cast<std::size_t>(axis));
        if (!size.number) {
            Call::refuse("it splits the batch");
        }
        sizes.push_back(*size.number);
    }
    call.gives_all(call.graph.nodes("Split", {call.tensor("self"), call.graph.integers(sizes)},
                                    sizes.size(), {{"axis", axis}}));
}

void unbind(Call& call) {
    const std::int64_t axis = call.axis("dim", "self", 0);
    for (std::size_t i = 0; i < call.count_results(); ++i) {
        const std::string index = call.graph.scalar(DataType::int64, static_cast<std::int64_t>(i));
        call.gives(call.graph.node("Gather", {call.tensor("self"), index}, {{"axis", axis}}), i);
    }
}

Number or_number(Call& call, std::string_view name, std::int64_t otherwise) {
    return call.has(name) ? call.size(name) : Number(otherwise);
}

void slice(Call& call) {
    constexpr std::int64_t to_the_end = std::numeric_limits<std::int64_t>::max();
    const std::string first = call.shape({or_number(call, "start", 0)});
    const std::string end = call.shape({or_number(call, "end", to_the_end)});
    call.gives(call.graph.node("Slice", {call.tensor("self"), first, end,
                                         call.graph.integers({call.axis("dim", "self", 0)}),
                                         call.graph.integers({call.integer("step", 1)})}));
}

void narrow(Call& call) {
    const std::int64_t axis = call.axis("dim", "self");
    std::int64_t first = call.integer("start");
    first += first < 0 ? call.extent("self", axis) : 0;
    std::int64_t end = 0;
    if (__builtin_add_overflow(first, call.integer("length"), &end)) {
        Call::refuse("a size is too large");
    }
    call.gives(call.graph.node("Slice", {call.tensor("self"), call.graph.integers({first}),
                                         call.graph.integers({end}), call.graph.integers({axis})}));
}

/// PyTorch gives the paddings of the last axis first.
void pad(Call& call) {
    const Integers given = call.integers("pad");
    const auto rank = static_cast<std::size_t>(call.rank_of("self"));
    if (given.size() % 2 != 0 || given.size() > 2 * rank) {
        Call::refuse("'pad' does not fit the tensor");
    }
    Integers pads(2 * rank, 0);
    for (std::size_t i = 0; i < given.size() / 2; ++i) {
        pads[rank - 1 - i] = given[2 * i];
        pads[2 * rank - 1 - i] = given[2 * i + 1];
    }
    const std::string mode = call.text("mode", "constant");
    if (mode != "constant" && mode != "reflect" && mode != "replicate") {
        Call::refuse("its mode has no counterpart");
    }
    std::vector<std::string> inputs{call.tensor("self"), call.graph.integers(pads)};
    if (mode == "constant") {
        const DataType type = call.result_type();
        inputs.push_back(call.has("value") ? call.as("value", type) : call.graph.scalar(type, 0.0));
    }
    call.gives(call.graph.node("Pad", inputs,
                               {{"mode", mode == "replicate" ? std::string("edge") : mode}}));
}

void pixel_shuffle(Call& call) {
    call.gives(call.graph.node(
        "DepthToSpace", {call.tensor("self")},
        {{"blocksize", call.integer("upscale_factor")}, {"mode", std::string("CRD")}}));
}

/// The factors of the axes after batch and channels; none if only the size is given.
std::vector<double> factors_of(Call& call) {
    std::vector<double> factors;
    for (const char* name : {"scale_factors", "scales", "scales_h", "scales_w"}) {
        const std::vector<double> given = call.numbers(name);
        factors.insert(factors.end(), given.begin(), given.end());
    }
    return factors;
}

/// PyTorch computes with a factor that is given, and ONNX with the sizes: they must mean the same.
void refuse_uneven_factors(Call& call, const char* input, const Integers& sizes) {
    const std::vector<double> factors = factors_of(call);
    for (std::size_t i = 0; i < factors.size(); ++i) {
        const auto extent =
            static_cast<double>(call.extent(input, static_cast<std::int64_t>(i) + 2));
        if (factors[i] * extent != static_cast<double>(sizes.at(i + 2))) {
            Call::refuse("its factor does not give a whole size");
        }
    }
}

/// Resizes to the size that the model says.
void resize(Call& call, const Attributes& attributes) {
    Integers sizes;
    for (const pt2::Size& size : call.result_meta().sizes) {
        sizes.push_back(size.number.value_or(-1));
    }
    if (sizes.empty() || std::count(sizes.begin() + 1, sizes.end(), -1) > 0) {
        Call::refuse("the size of its result is not fixed");
    }
    const char* name = call.has("input") ? "input" : "self";
    const std::string x = call.tensor(name);
    if (!call.flag("align_corners", false)) {
        refuse_uneven_factors(call, name, sizes);
    }
    std::string target = call.graph.integers(sizes);
    if (sizes.front() == -1) {
        const std::string batch =
            call.graph.node("Gather", {call.shape_of(x), call.graph.integers({0})});
        target = call.graph.node(
            "Concat", {batch, call.graph.integers(Integers(sizes.begin() + 1, sizes.end()))},
            {{"axis", std::int64_t{0}}});
    }
    call.gives(call.graph.node("Resize", {x, "", "", target}, attributes));
}

void resize_nearest(Call& call) {
    resize(call, {{"mode", std::string("nearest")},
                  {"coordinate_transformation_mode", std::string("asymmetric")},
                  {"nearest_mode", std::string("floor")}});
}

void resize_linear(Call& call) {
    const bool aligns = call.flag("align_corners", false);
    resize(call, {{"mode", std::string("linear")},
                  {"coordinate_transformation_mode",
                   std::string(aligns ? "align_corners" : "half_pixel")}});
}

constexpr std::array all{
    OperatorRule{"alias", same},
    OperatorRule{"clone", same},
    OperatorRule{"contiguous", same},
    OperatorRule{"detach", same},
    OperatorRule{"lift_fresh", same},
    OperatorRule{"lift_fresh_copy", same},
    OperatorRule{"to", to_type},
    OperatorRule{"type_as", to_type},
    OperatorRule{"_to_copy", to_type},
    OperatorRule{"view", reshape},
    OperatorRule{"reshape", reshape},
    OperatorRule{"_unsafe_view", reshape},
    OperatorRule{"view_as", like_other},
    OperatorRule{"reshape_as", like_other},
    OperatorRule{"flatten", flatten},
    OperatorRule{"unflatten", unflatten},
    OperatorRule{"permute", permute},
    OperatorRule{"transpose", transpose},
    OperatorRule{"swapaxes", transpose},
    OperatorRule{"t", transpose_matrix},
    OperatorRule{"numpy_T", reverse_axes},
    OperatorRule{"unsqueeze", unsqueeze},
    OperatorRule{"squeeze", squeeze},
    OperatorRule{"expand", expand},
    OperatorRule{"broadcast_to", expand},
    OperatorRule{"expand_as", expand_as},
    OperatorRule{"repeat", repeat},
    OperatorRule{"cat", cat},
    OperatorRule{"concat", cat},
    OperatorRule{"concatenate", cat},
    OperatorRule{"stack", stack},
    OperatorRule{"split", split},
    OperatorRule{"split_with_sizes", split},
    OperatorRule{"chunk", split},
    OperatorRule{"unbind", unbind},
    OperatorRule{"slice", slice},
    OperatorRule{"narrow", narrow},
    OperatorRule{"pad", pad},
    OperatorRule{"constant_pad_nd", pad},
    OperatorRule{"pixel_shuffle", pixel_shuffle},
    OperatorRule{"upsample_nearest1d", resize_nearest},
    OperatorRule{"upsample_nearest2d", resize_nearest},
    OperatorRule{"upsample_linear1d", resize_linear},
    OperatorRule{"upsample_bilinear2d", resize_linear},
};

}  // namespace

std::span<const OperatorRule> rules() {
    return all;
}

}  // namespace trilby::onnx::shapes
