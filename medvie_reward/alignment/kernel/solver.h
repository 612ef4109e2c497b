// One assignment: of each row at most one column and the reverse, with the largest sum.
//
// Shortest augmenting paths over potentials (Kuhn 1955; Jonker and Volgenant 1987), on exact whole numbers, so
// there is no rounding that could prefer one pairing to another.
#pragma once

#include "bytes.h"

namespace medvie {

// What leaves are worth in a pairing: what is right first, then what the reward likes best.
struct Gain {
  i64 credit = 0, rest = 0;
  Gain& operator+=(const Gain& o) {
    credit += o.credit;
    rest += o.rest;
    return *this;
  }
  friend bool operator<(const Gain& a, const Gain& b) {
    return a.credit != b.credit ? a.credit < b.credit : a.rest < b.rest;
  }
  bool positive() const { return credit != 0 ? credit > 0 : rest > 0; }
};

// The worth of a pair in an assignment: a gain, and below it a number of its own that decides between equals.
// Sums and differences are taken member by member and compared in their order, which is as good as one number.
struct Rank {
  i64 credit = 0, rest = 0, tie = 0;
  static Rank of(const Gain& gain, i64 tie) { return Rank{gain.credit, gain.rest, tie}; }
  static Rank infinite() { return Rank{i64(1) << 62, 0, 0}; }
  friend Rank operator+(const Rank& a, const Rank& b) {
    return Rank{a.credit + b.credit, a.rest + b.rest, a.tie + b.tie};
  }
  friend Rank operator-(const Rank& a, const Rank& b) {
    return Rank{a.credit - b.credit, a.rest - b.rest, a.tie - b.tie};
  }
  friend bool operator<(const Rank& a, const Rank& b) {
    if (a.credit != b.credit) return a.credit < b.credit;
    return a.rest != b.rest ? a.rest < b.rest : a.tie < b.tie;
  }
  bool none() const { return !credit && !rest && !tie; }
};

template <class T>
struct Solver {
  int n = 0, m = 0;  // rows, columns; no more rows than columns
  vector<T> worth, row_price, column_price, low;
  vector<int> row_of, column_of, way, left, columns;

  void begin(int rows, int cols) {
    n = rows;
    m = cols;
    worth.assign(size_t(n) * size_t(m), T{});
  }
  T& at(int i, int j) { return worth[size_t(i) * size_t(m) + size_t(j)]; }

  // Takes the best column of each row as its price, and each that is nobody else's as its column.
  void start() {
    row_price.assign(size_t(n), T{});
    column_price.assign(size_t(m), T{});
    row_of.assign(size_t(m), -1);
    column_of.assign(size_t(n), -1);
    low.resize(size_t(m));
    way.resize(size_t(m));
    for (int i = 0; i < n; ++i) {
      const T* line = &at(i, 0);
      int best = 0;
      for (int j = 1; j < m; ++j)
        if (line[best] < line[j]) best = j;
      row_price[size_t(i)] = T{} - line[best];
      if (row_of[size_t(best)] < 0) {
        row_of[size_t(best)] = i;
        column_of[size_t(i)] = best;
      }
    }
  }
  // Gives every row that has none a column. Worths may have fallen since, where their pairs were let go.
  void finish() {
    for (int i = 0; i < n; ++i)
      if (column_of[size_t(i)] < 0) augment(i);
  }
  void solve() {
    start();
    finish();
  }

 private:
  void augment(int row) {
    const T infinite = infinity();
    std::fill(low.begin(), low.end(), infinite);
    left.resize(size_t(m));
    for (int j = 0; j < m; ++j) left[size_t(j)] = j;
    columns.clear();
    T reach{};
    int i = row, sink = -1;
    while (sink < 0) {
      const T* line = &at(i, 0);
      const T base = reach - row_price[size_t(i)];
      T least = infinite;
      size_t best = 0;
      for (size_t k = 0, end = left.size(); k < end; ++k) {
        size_t j = size_t(left[k]);
        T cost = base - line[j] - column_price[j];
        if (cost < low[j]) {
          low[j] = cost;
          way[j] = i;
        }
        if (low[j] < least) {
          least = low[j];
          best = k;
        }
      }
      reach = least;
      int j = left[best];
      left[best] = left.back();
      left.pop_back();
      if (row_of[size_t(j)] < 0) sink = j;
      else {
        columns.push_back(j);
        i = row_of[size_t(j)];
      }
    }
    row_price[size_t(row)] = row_price[size_t(row)] + reach;
    for (int j : columns) {
      T step = reach - low[size_t(j)];
      size_t r = size_t(row_of[size_t(j)]);
      row_price[r] = row_price[r] + step;
      column_price[size_t(j)] = column_price[size_t(j)] - step;
    }
    for (int j = sink;;) {
      int r = way[size_t(j)], before = column_of[size_t(r)];
      row_of[size_t(j)] = r;
      column_of[size_t(r)] = j;
      if (r == row) break;
      j = before;
    }
  }
  static T infinity();
};
template <>
inline Rank Solver<Rank>::infinity() {
  return Rank::infinite();
}

#if defined(__SIZEOF_INT128__) && !defined(MEDVIE_RANKS_ONLY)
#define MEDVIE_PACKED 1
using Packed = __int128;
template <>
inline Packed Solver<Packed>::infinity() {
  return Packed(1) << 126;
}
#endif

// How many bits a whole number that is not negative takes.
inline int bits(u64 x) {
  int n = 0;
  for (; x; x >>= 1) ++n;
  return n;
}

}  // namespace medvie
