// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Every kernel against its reference, on whichever device it was compiled for.

#include "backends/kernels/kernels.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>
#include <vector>

#include "backends/kernels/reference.hpp"
#include "base/random.hpp"

// AddressSanitizer ends a program that asks for too much memory, unless told otherwise.
extern "C" [[gnu::visibility("default")]] const char* __asan_default_options();
const char* __asan_default_options() {
    return "allocator_may_return_null=1";
}

namespace trilby::gpu {
namespace {

/// Not a multiple of a block, a lane or a vector of anything, and more than one thread each.
constexpr std::uint64_t odd_count = 1'000'003;

void expect_ok(Status status) {
    EXPECT_TRUE(status.is_ok()) << text_of(status);
}

/// An array on the device, as long as it lives.
template <class Value>
class Array {
  public:
    explicit Array(std::uint64_t count) : count_(count) {
        void* memory = nullptr;
        expect_ok(allocate(count * sizeof(Value), &memory));
        values_ = static_cast<Value*>(memory);
        expect_ok(set_to_zero(values_, count * sizeof(Value)));
    }
    explicit Array(const std::vector<Value>& values) : Array(values.size()) { put(values); }
    Array(const Array&) = delete;
    Array& operator=(const Array&) = delete;
    ~Array() { expect_ok(release(values_)); }

    [[nodiscard]] Value* get() const { return values_; }
    void put(const std::vector<Value>& values) {
        expect_ok(copy_to_device(values_, values.data(), values.size() * sizeof(Value)));
    }
    [[nodiscard]] std::vector<Value> fetch() const {
        std::vector<Value> values(count_);
        expect_ok(wait());
        expect_ok(copy_to_host(values.data(), values_, count_ * sizeof(Value)));
        return values;
    }
    void set(std::uint64_t index, Value value) {
        expect_ok(wait());
        expect_ok(copy_to_device(values_ + index, &value, sizeof value));
    }

  private:
    std::uint64_t count_;
    Value* values_ = nullptr;
};

class Kernels : public testing::Test {
  protected:
    void SetUp() override {
        int count = 0;
        if (const Status status = count_devices(&count); !status.is_ok()) {
            GTEST_SKIP() << "no device: " << text_of(status);
        }
        if (count == 0) {
            GTEST_SKIP() << "no device";
        }
        expect_ok(select_device(0));
    }
};

WrongWords wrong_words(const Array<WrongWords>& wrong) {
    return wrong.fetch().front();
}

constexpr Filling fillings[] = {{Pattern::random, 0x1234567890abcdefU, false},
                                {Pattern::random, 7, true},
                                {Pattern::address, 0, false},
                                {Pattern::address, 3, true},
                                {Pattern::walking_one, 61, false},
                                {Pattern::walking_one, 5, true},
                                {Pattern::checkerboard, 0, false},
                                {Pattern::checkerboard, 1, true}};

TEST_F(Kernels, DeviceReportsItsProperties) {
    DeviceFacts facts;
    expect_ok(describe_device(0, &facts));
    EXPECT_FALSE(facts.name.empty());
    EXPECT_GT(facts.compute_units, 0U);
    int count = 0;
    expect_ok(count_devices(&count));
    EXPECT_FALSE(describe_device(count, &facts).is_ok());
    EXPECT_FALSE(select_device(count).is_ok());
    expect_ok(select_device(0));
}

TEST_F(Kernels, TooMuchMemoryIsAnErrorWithAMessage) {
    void* memory = nullptr;
    const Status status = allocate(std::numeric_limits<std::size_t>::max() / 4, &memory);
    EXPECT_FALSE(status.is_ok());
    EXPECT_NE(std::string(text_of(status)), "");
}

TEST_F(Kernels, AFailureIsNotReportedByTheNextKernel) {
    const Array<std::uint64_t> words(8);
    int count = 0;
    expect_ok(count_devices(&count));
    EXPECT_FALSE(select_device(count).is_ok());
    expect_ok(fill(words.get(), 8, {Pattern::address, 0, false}));
    EXPECT_EQ(words.fetch()[7], 7U);
}

TEST_F(Kernels, TheRuntimeCopiesTheRequestedBytes) {
    std::vector<std::uint64_t> numbers(1000);
    std::iota(numbers.begin(), numbers.end(), 1U);
    const Array<std::uint64_t> from(numbers);
    const Array<std::uint64_t> to(1000);
    expect_ok(copy_on_device(to.get(), from.get(), 999 * sizeof(std::uint64_t)));
    numbers.back() = 0;
    EXPECT_EQ(to.fetch(), numbers);
}

TEST_F(Kernels, FillAgreesWithTheReference) {
    for (const Filling filling : fillings) {
        const Array<std::uint64_t> words(odd_count);
        expect_ok(fill(words.get(), odd_count, filling));
        const auto found = words.fetch();
        for (std::uint64_t i = 0; i < odd_count; ++i) {
            ASSERT_EQ(found[i], reference::word_at(filling, i))
                << "pattern " << static_cast<int>(filling.pattern) << ", word " << i;
        }
    }
}

TEST_F(Kernels, FillDoesNotWriteBeyondItsEnd) {
    const Array<std::uint64_t> words(std::vector<std::uint64_t>(1000, 42));
    expect_ok(fill(words.get(), 777, {Pattern::address, 0, false}));
    const auto found = words.fetch();
    EXPECT_EQ(found[776], 776U);
    EXPECT_TRUE(std::all_of(found.begin() + 777, found.end(),
                            [](std::uint64_t word) { return word == 42; }));
}

TEST_F(Kernels, CheckAcceptsWhatFillWrote) {
    for (const Filling filling : fillings) {
        const Array<std::uint64_t> words(odd_count);
        const Array<WrongWords> wrong(1);
        expect_ok(fill(words.get(), odd_count, filling));
        expect_ok(check(words.get(), odd_count, filling, wrong.get()));
        EXPECT_EQ(wrong_words(wrong).count, 0U);
    }
}

TEST_F(Kernels, CheckFindsASingleBitWhereverItIs) {
    const Filling filling{Pattern::random, 99, false};
    for (const std::uint64_t place : {std::uint64_t{0}, odd_count / 2, odd_count - 1}) {
        for (const unsigned bit : {0U, 31U, 32U, 63U}) {
            Array<std::uint64_t> words(odd_count);
            const Array<WrongWords> wrong(1);
            expect_ok(fill(words.get(), odd_count, filling));
            const std::uint64_t expected = reference::word_at(filling, place);
            words.set(place, expected ^ std::uint64_t{1} << bit);
            expect_ok(check(words.get(), odd_count, filling, wrong.get()));
            const WrongWords found = wrong_words(wrong);
            ASSERT_EQ(found.count, 1U);
            EXPECT_EQ(found.kept[0].index, place);
            EXPECT_EQ(found.kept[0].expected, expected);
            EXPECT_EQ(found.kept[0].found, expected ^ std::uint64_t{1} << bit);
        }
    }
}

TEST_F(Kernels, CheckCountsAllWrongWordsAndKeepsSome) {
    const Array<std::uint64_t> words(odd_count);
    const Array<WrongWords> wrong(1);
    expect_ok(fill(words.get(), odd_count, {Pattern::random, 1, false}));
    expect_ok(check(words.get(), odd_count, {Pattern::random, 1, true}, wrong.get()));
    const WrongWords found = wrong_words(wrong);
    EXPECT_EQ(found.count, odd_count);
    for (const WrongWords::Word& word : found.kept) {
        EXPECT_LT(word.index, odd_count);
        EXPECT_EQ(word.expected, ~word.found);
    }
}

TEST_F(Kernels, CheckAndInvertIsAStepOfMovingInversions) {
    const Filling upright{Pattern::checkerboard, 0, false};
    const Filling inverted{Pattern::checkerboard, 0, true};
    Array<std::uint64_t> words(odd_count);
    const Array<WrongWords> wrong(1);
    expect_ok(fill(words.get(), odd_count, upright));
    expect_ok(check_and_invert(words.get(), odd_count, upright, wrong.get()));
    EXPECT_EQ(wrong_words(wrong).count, 0U);
    words.set(17, 0);
    expect_ok(check_and_invert(words.get(), odd_count, inverted, wrong.get()));
    EXPECT_EQ(wrong_words(wrong).count, 1U);
    EXPECT_EQ(wrong_words(wrong).kept[0].index, 17U);
    // What was wrong is right again, so that it is counted once.
    expect_ok(check(words.get(), odd_count, upright, wrong.get()));
    EXPECT_EQ(wrong_words(wrong).count, 1U);
}

TEST_F(Kernels, SharedMemoryHoldsTheWordsOfOtherThreads) {
    const Array<std::uint64_t> flips(shared_words);
    const Array<WrongWords> wrong(1);
    expect_ok(check_shared_memory(1000, 12345, flips.get(), wrong.get()));
    EXPECT_EQ(wrong_words(wrong).count, 0U);
}

TEST_F(Kernels, AFlippedBitInSharedMemoryIsFound) {
    constexpr std::uint64_t place = 1234;
    Array<std::uint64_t> flips(shared_words);
    flips.set(place, 1U << 5);
    const Array<WrongWords> wrong(1);
    expect_ok(check_shared_memory(10, 12345, flips.get(), wrong.get()));
    const WrongWords found = wrong_words(wrong);
    ASSERT_EQ(found.count, 2U) << "upright and inverted";
    EXPECT_EQ(found.kept[0].index, place);
    EXPECT_EQ(found.kept[0].expected ^ found.kept[0].found, 1U << 5);
}

TEST_F(Kernels, StreamsMoveEveryValue) {
    SplitMix64 random(3);
    std::vector<double> a(odd_count);
    std::vector<double> b(odd_count);
    for (std::uint64_t i = 0; i < odd_count; ++i) {
        a[i] = static_cast<double>(random.below(1 << 20));
        b[i] = static_cast<double>(random.below(1 << 20));
    }
    const Array<double> there_a(a);
    const Array<double> there_b(b);
    const Array<double> c(odd_count);
    const auto expect_each = [&](auto expected) {
        const auto found = c.fetch();
        for (std::uint64_t i = 0; i < odd_count; ++i) {
            ASSERT_EQ(found[i], expected(a[i], b[i])) << i;
        }
    };
    expect_ok(copy(c.get(), there_a.get(), odd_count));
    expect_each([](double x, double) { return x; });
    expect_ok(scale(c.get(), there_b.get(), 3, odd_count));
    expect_each([](double, double y) { return 3 * y; });
    expect_ok(add(c.get(), there_a.get(), there_b.get(), odd_count));
    expect_each([](double x, double y) { return x + y; });
    expect_ok(triad(c.get(), there_a.get(), there_b.get(), 5, odd_count));
    expect_each([](double x, double y) { return x + 5 * y; });
}

/// Values that the map x * x + c keeps in [-2, 2] for c from -2 to -1.5.
template <class Real>
std::vector<Real> starting_values(std::uint64_t count) {
    SplitMix64 random(11);
    std::vector<Real> values(count);
    for (Real& value : values) {
        value = static_cast<Real>(random.below(1 << 20)) / (1 << 20) * 3 - Real{1.5};
    }
    return values;
}

template <class Real>
void expect_iterated(Real c, unsigned steps) {
    constexpr std::uint64_t count = 10'007;
    const auto start = starting_values<Real>(count);
    const Array<Real> values(start);
    expect_ok(iterate(values.get(), count, c, steps));
    const auto found = values.fetch();
    for (std::uint64_t i = 0; i < count; ++i) {
        const Real expected = reference::iterate(start[i], c, steps);
        ASSERT_EQ(std::memcmp(&found[i], &expected, sizeof expected), 0)
            << i << ": " << found[i] << ", expected " << expected;
    }
}

TEST_F(Kernels, FusedMultiplyAddIsRoundedOnceInDoublePrecision) {
    expect_iterated<double>(-1.9375, 500);
}

TEST_F(Kernels, FusedMultiplyAddIsRoundedOnceInSinglePrecision) {
    expect_iterated<float>(-1.9375F, 500);
}

TEST_F(Kernels, NoStepLeavesTheValues) {
    expect_iterated<double>(-1.75, 0);
}

TEST_F(Kernels, IntegersWrapAround) {
    constexpr std::uint64_t count = 10'007;
    constexpr std::uint64_t factor = 6364136223846793005U;
    constexpr std::uint64_t addend = 1442695040888963407U;
    std::vector<std::uint64_t> start(count);
    std::iota(start.begin(), start.end(), 0);
    const Array<std::uint64_t> values(start);
    expect_ok(iterate(values.get(), count, factor, addend, 300));
    const auto found = values.fetch();
    for (std::uint64_t i = 0; i < count; ++i) {
        ASSERT_EQ(found[i], reference::iterate(start[i], factor, addend, 300)) << i;
    }
}

/// A single cycle through all entries (Sattolo, 1986).
std::vector<std::uint32_t> cycle(std::uint32_t count) {
    SplitMix64 random(5);
    std::vector<std::uint32_t> next(count);
    std::iota(next.begin(), next.end(), 0U);
    for (std::uint32_t i = count - 1; i > 0; --i) {
        std::swap(next[i], next[random.below(i)]);
    }
    return next;
}

TEST_F(Kernels, ChaseEndsWhereTheReferenceDoes) {
    const auto next = cycle(100'003);
    const Array<std::uint32_t> there(next);
    const Array<std::uint32_t> end(1);
    for (const std::uint64_t steps : {0U, 1U, 99'999U, 100'003U}) {
        expect_ok(chase(there.get(), 4711, steps, end.get()));
        EXPECT_EQ(end.fetch().front(), reference::chase(next, 4711, steps)) << steps;
    }
    EXPECT_EQ(reference::chase(next, 4711, next.size()), 4711U) << "once around";
}

TEST_F(Kernels, EmptyWorkIsNotAnError) {
    expect_ok(fill(nullptr, 0, {}));
    expect_ok(check_shared_memory(0, 0, nullptr, nullptr));
    expect_ok(iterate(static_cast<double*>(nullptr), 0, -2.0, 10));
    expect_ok(wait());
}

}  // namespace
}  // namespace trilby::gpu
