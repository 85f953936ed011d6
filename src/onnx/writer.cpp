// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "onnx/writer.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "base/protobuf.hpp"
#include "base/try.hpp"
#include "install/version.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::onnx {
namespace {

using Message = ProtobufMessage;

constexpr std::int64_t ir_version = 8;  // that of opset 17

std::uint64_t number_of(DataType type) {
    return static_cast<std::uint64_t>(type);
}

/// AttributeProto, whose last field says which of the others is the value.
std::string attribute_bytes(const Attribute& attribute) {
    Message message;
    message.text(1, attribute.name);
    if (const auto* integer = std::get_if<std::int64_t>(&attribute.value)) {
        return message.number(3, *integer).number(20, std::uint64_t{2}).bytes();
    }
    if (const auto* real = std::get_if<double>(&attribute.value)) {
        return message.number(2, static_cast<float>(*real)).number(20, std::uint64_t{1}).bytes();
    }
    if (const auto* text = std::get_if<std::string>(&attribute.value)) {
        return message.text(4, *text).number(20, std::uint64_t{3}).bytes();
    }
    for (const std::int64_t integer : std::get<std::vector<std::int64_t>>(attribute.value)) {
        message.number(8, integer);
    }
    return message.number(20, std::uint64_t{7}).bytes();
}

std::string node_bytes(const Node& node) {
    Message message;
    for (const std::string& input : node.inputs) {
        message.text(1, input);
    }
    for (const std::string& output : node.outputs) {
        message.text(2, output);
    }
    message.text(3, node.outputs.at(0)).text(4, node.op_type);
    for (const Attribute& attribute : node.attributes) {
        message.text(5, attribute_bytes(attribute));
    }
    return message.bytes();
}

std::string dimension_bytes(const Dimension& dimension) {
    if (const auto* extent = std::get_if<std::int64_t>(&dimension)) {
        return Message().number(1, *extent).bytes();
    }
    return Message().text(2, std::get<std::string>(dimension)).bytes();
}

std::string value_bytes(const ValueInfo& value) {
    Message shape;
    for (const Dimension& dimension : value.shape) {
        shape.text(1, dimension_bytes(dimension));
    }
    const std::string tensor =
        Message().number(1, number_of(value.type)).text(2, shape.bytes()).bytes();
    return Message().text(1, value.name).text(2, Message().text(1, tensor).bytes()).bytes();
}

/// TensorProto up to its bytes, which follow.
std::string tensor_header(const std::string& name, const Tensor& tensor) {
    Message message;
    for (const std::int64_t extent : tensor.shape) {
        message.number(1, extent);
    }
    message.number(2, number_of(tensor.type)).text(8, name);
    return message.text_header(9, tensor.bytes.size()).bytes();
}

/// Text and the bytes of tensors, in the order of the file.
class Pieces {
  public:
    void add(std::string text) {
        size_bytes_ += text.size();
        pieces_.push_back({std::move(text), {}});
    }
    void add(std::string header, std::span<const std::byte> bytes) {
        size_bytes_ += header.size() + bytes.size();
        pieces_.push_back({std::move(header), bytes});
    }
    [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

    [[nodiscard]] Result<void> write(platform::AtomicFile& file) const {
        for (const Piece& piece : pieces_) {
            TRILBY_CHECK(file.write(piece.text));
            TRILBY_CHECK(file.write(piece.bytes));
        }
        return {};
    }

  private:
    struct Piece {
        std::string text;
        std::span<const std::byte> bytes;
    };
    std::vector<Piece> pieces_;
    std::uint64_t size_bytes_ = 0;
};

Pieces graph_pieces(const Graph& graph) {
    Pieces pieces;
    for (const Node& node : graph.nodes) {
        pieces.add(Message().text(1, node_bytes(node)).bytes());
    }
    pieces.add(Message().text(2, "trilby").bytes());
    for (const auto& [name, tensor] : graph.initializers) {
        const std::string header = tensor_header(name, tensor);
        pieces.add(Message().text_header(5, header.size() + tensor.bytes.size()).bytes() + header,
                   tensor.bytes);
    }
    for (const ValueInfo& input : graph.inputs) {
        pieces.add(Message().text(11, value_bytes(input)).bytes());
    }
    for (const ValueInfo& output : graph.outputs) {
        pieces.add(Message().text(12, value_bytes(output)).bytes());
    }
    return pieces;
}

/// ModelProto up to its graph, which follows.
std::string model_header(const Model& model, std::uint64_t graph_bytes) {
    Message message;
    message.number(1, ir_version).text(2, "trilby").text(3, trilby::version);
    message.text(8, Message().text(1, "").number(2, opset_version).bytes());
    for (const auto& [key, value] : model.metadata) {
        message.text(14, Message().text(1, key).text(2, value).bytes());
    }
    return message.text_header(7, graph_bytes).bytes();
}

}  // namespace

Result<void> write(const std::filesystem::path& path, const Model& model) {
    const Pieces graph = graph_pieces(model.graph);
    const std::string header = model_header(model, graph.size_bytes());
    if (graph.size_bytes() + header.size() > std::numeric_limits<std::int32_t>::max()) {
        return failure(ErrorCode::bad_data,
                       "the model has over 2 GiB, which ONNX cannot hold in one file",
                       "write it as safetensors or pt2");
    }
    TRILBY_TRY(file, platform::AtomicFile::create(path));
    TRILBY_CHECK(file.write(header));
    TRILBY_CHECK(graph.write(file));
    return file.commit();
}

}  // namespace trilby::onnx
