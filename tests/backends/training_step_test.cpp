// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/training_step.hpp"

#include <gmock/gmock.h>
#include <stdexcept>

#include "backends/torch/named_tensors.hpp"
#include "backends/torch/optimizers/optimizer.hpp"
#include "support/small_image_task.hpp"

namespace trilby::backends {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t batch_size = 8;
constexpr int step_count = 9;

/// Computes what it recorded by doing it again.
class FaithfulGraph : public Graph {
  public:
    void record(const std::function<void()>& work) override {
        work_ = work;
        work();
    }
    void replay() override {
        ++replays;
        work_();
    }
    int replays = 0;

  private:
    std::function<void()> work_;
};

class GraphThatRemembersItsRandomNumbers : public FaithfulGraph {
  public:
    void record(const std::function<void()>& work) override {
        FaithfulGraph::record([work] {
            torch::manual_seed(1);
            work();
        });
    }
};

class GraphThatComputesNothing : public FaithfulGraph {
  public:
    void replay() override { ++replays; }
};

class GraphThatCannotRecord : public FaithfulGraph {
  public:
    void record(const std::function<void()>& /*work*/) override {
        throw std::runtime_error("operation not permitted when stream is capturing");
    }
};

class StepTask : public testing::SmallImageTask {
  public:
    std::int64_t count(data::Part) const override { return batch_size; }
    Batch batch(std::span<const std::int64_t>, std::uint64_t) const override { return {}; }
    torch::Tensor loss(const Batch& batch) override {
        return torch::nn::functional::cross_entropy(network_->forward(batch[0]), batch[1]);
    }
};

/// Every third batch is shorter, like the last one of an epoch.
Batch batch_of(int step) {
    return StepTask::made_batch(step % 3 == 2 ? batch_size - 3 : batch_size, step);
}

struct Trained {
    /// The losses of all steps, then all tensors of the network.
    std::vector<torch::Tensor> values;
    std::optional<std::string> graph;
};

Trained train_with(Graph* graph) {
    StepTask task;
    task.network().train();
    TrainingStep step(task, batch_size, graph);
    const auto optimizer = make_optimizer({}, parameters_of(task.network()));
    Trained outcome;
    for (int i = 0; i < step_count; ++i) {
        const Gradients gradients = step.compute(batch_of(i), static_cast<std::uint64_t>(100 + i));
        outcome.values.push_back(gradients.loss.clone());
        optimizer->step(gradients.parameters, /*learning_rate=*/0.05, i);
    }
    for (const auto& [name, tensor] : state_of(task.network())) {
        outcome.values.push_back(tensor);
    }
    outcome.graph = step.describe_graph();
    return outcome;
}

void expect_same(const Trained& a, const Trained& b) {
    ASSERT_EQ(a.values.size(), b.values.size());
    for (std::size_t i = 0; i < a.values.size(); ++i) {
        EXPECT_TRUE(torch::equal(a.values[i], b.values[i])) << "value " << i;
    }
}

TEST(TrainingStep, HasNoGraphIfTheDeviceHasNone) {
    EXPECT_EQ(train_with(nullptr).graph, std::nullopt);
}

TEST(TrainingStep, IsTheSameToTheBitWithAGraph) {
    FaithfulGraph graph;
    const Trained outcome = train_with(&graph);
    EXPECT_EQ(outcome.graph, "used");
    // Of 9 steps, 3 are shorter and 3 warm up; one step compares, the others use it.
    EXPECT_EQ(graph.replays, 3);
    expect_same(outcome, train_with(nullptr));
}

TEST(TrainingStep, RefusesAGraphThatRemembersItsRandomNumbers) {
    GraphThatRemembersItsRandomNumbers graph;
    const Trained outcome = train_with(&graph);
    EXPECT_THAT(outcome.graph.value_or(""), HasSubstr("computes something else"));
    EXPECT_EQ(graph.replays, 1);
    expect_same(outcome, train_with(nullptr));
}

TEST(TrainingStep, RefusesAGraphThatComputesNothing) {
    GraphThatComputesNothing graph;
    const Trained outcome = train_with(&graph);
    EXPECT_THAT(outcome.graph.value_or(""), HasSubstr("computes something else"));
    expect_same(outcome, train_with(nullptr));
}

TEST(TrainingStep, ContinuesIfADeviceCannotRecord) {
    GraphThatCannotRecord graph;
    const Trained outcome = train_with(&graph);
    EXPECT_EQ(outcome.graph, "operation not permitted when stream is capturing");
    expect_same(outcome, train_with(nullptr));
}

}  // namespace
}  // namespace trilby::backends
