// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A model as torch.export describes it: a graph of operator calls, and the tensors it needs. The
/// names are those of PyTorch's torch/_export/serde/export_schema.thrift. Nothing here is code.

#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace trilby::pt2 {

/// The element types of tensors, with the numbers that torch.export gives them.
enum class ScalarType : std::uint8_t {
    byte = 1,
    signed_char,
    short_integer,
    integer,
    long_integer,
    half,
    single,
    double_precision,
    complex_half,
    complex_single,
    complex_double,
    boolean,
    bfloat16,
    uint16 = 28,
    float8_e4m3fn,
    float8_e5m2,
    float8_e4m3fnuz,
    float8_e5m2fnuz,
    float8_e8m0fnu,
    uint32,
    uint64,
};

enum class MemoryFormat : std::uint8_t {
    contiguous = 1,
    channels_last,
    channels_last_3d,
    preserve
};

/// A number, or an expression of symbols that the size of the batch decides, such as "s77".
struct Size {
    std::optional<std::int64_t> number;
    std::string expression;
};

struct TensorMeta {
    ScalarType dtype = ScalarType::single;
    std::vector<Size> sizes;
};

/// What an operator or an input of the graph gave: a tensor or a number.
struct Value {
    std::string name;
};
struct Absent {};  ///< None
struct Layout {
    bool is_strided = true;
};
struct Device {
    std::string type;
};
struct Complex {
    double real = 0.0;
    double imaginary = 0.0;
};
struct Graph;
struct Argument;
using Arguments = std::vector<Argument>;

struct Argument {
    std::variant<Absent, Value, bool, std::int64_t, double, Complex, std::string, ScalarType,
                 MemoryFormat, Layout, Device, Arguments, std::shared_ptr<const Graph>>
        content;
};

struct NamedArgument {
    std::string name;  ///< that of the operator's schema; may be empty in a call of Python's own
    Argument argument;
};

/// A result is one name, nothing that is used (no name), or a list.
struct Output {
    std::vector<std::string> names;
    bool is_list = false;
};

/// A call of an operator.
struct Node {
    std::string target;  ///< "torch.ops.aten.linear.default"
    std::vector<NamedArgument> inputs;
    std::vector<Output> outputs;
    std::string module;  ///< the path of the module that called it: "net.0"; may be empty
};

/// Each name gets its value once, before it is used.
struct Graph {
    std::vector<std::string> inputs;
    std::vector<Node> nodes;
    Arguments outputs;
    std::map<std::string, TensorMeta> tensors;  ///< by name
};

/// What an input of the graph is, in their order.
struct InputSpec {
    enum class Kind : std::uint8_t { parameter, buffer, constant, user };
    Kind kind = Kind::user;
    std::string name;    ///< in the graph
    std::string target;  ///< "layer.weight"; of a user's input empty
};

struct OutputSpec {
    enum class Kind : std::uint8_t { user, buffer_mutation };
    Kind kind = Kind::user;
    std::string target;  ///< the buffer
};

struct Range {
    std::optional<std::int64_t> least;
    std::optional<std::int64_t> most;
};

/// A tensor in the archive. Several may share the bytes of an entry, as tied weights do.
struct StoredTensor {
    std::string name;
    std::string entry;
    ScalarType dtype = ScalarType::single;
    std::vector<std::int64_t> sizes;
    std::vector<std::int64_t> strides;  ///< in elements
    std::int64_t offset = 0;            ///< in elements
    bool requires_grad = false;
};

struct Program {
    Graph graph;
    std::vector<InputSpec> inputs;
    std::vector<OutputSpec> outputs;
    std::map<std::string, Range> ranges;  ///< of the symbols
    std::vector<StoredTensor> tensors;    ///< sorted by name
    std::string torch_version;
    std::string verifier;  ///< "TRAINING", "ATEN", ...
};

/// What an argument names: nothing for a constant.
[[nodiscard]] std::string name_in(const Argument& argument);

/// Whether `predicate` is true for a name that an argument, or an element of a list, has.
template <class Predicate>
[[nodiscard]] bool any_name_in(const Argument& argument, const Predicate& predicate) {
    if (const auto* list = std::get_if<Arguments>(&argument.content)) {
        return std::ranges::any_of(
            *list, [&](const Argument& element) { return any_name_in(element, predicate); });
    }
    return predicate(name_in(argument));
}

/// What the caller of the model gives or gets.
struct UserValue {
    std::string name;
    const TensorMeta& meta;  ///< of the program, which must outlive this
};
// Without those whose type the graph does not state.
[[nodiscard]] std::vector<UserValue> user_inputs(const Program& program);
[[nodiscard]] std::vector<UserValue> user_outputs(const Program& program);

/// Null if there is none of that name.
[[nodiscard]] const StoredTensor* find_tensor(const Program& program, std::string_view name);

/// Whether another tensor has the same bytes, or there is none of that name.
[[nodiscard]] bool is_tied(const Program& program, std::string_view name);

/// "any x 3 x 32 x 32"
[[nodiscard]] std::string sizes_in_words(const TensorMeta& tensor);

/// "F32", as safetensors calls it.
[[nodiscard]] std::string_view name_of(ScalarType type);
/// The bytes of an element.
[[nodiscard]] std::int64_t bytes_of(ScalarType type);

}  // namespace trilby::pt2
