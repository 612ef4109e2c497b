// Bytes -> numbers: one hash for what a text is, another for where a table keeps it.
//
// The hash of content is part of the definition: it decides between pairings of equal worth, so it must be the
// same in every process and in the textbook (`_definition.text_hash`). The hash of tables is seeded anew in each
// process, so that nobody can write documents whose texts all fall into one place of a table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#endif

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the kernel reads eight bytes as one number, low byte first; elsewhere the textbook serves"
#endif

namespace medvie {

using std::vector;
using u8 = std::uint8_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

// Both halves of a product of 64 x 64 bits.
struct Product {
  u64 high, low;
};
inline Product multiply(u64 a, u64 b) {
#if defined(__SIZEOF_INT128__)
  unsigned __int128 r = static_cast<unsigned __int128>(a) * b;
  return {static_cast<u64>(r >> 64), static_cast<u64>(r)};
#elif defined(_MSC_VER) && defined(_M_X64)
  u64 high, low = _umul128(a, b, &high);
  return {high, low};
#else
  u64 a0 = a & 0xFFFFFFFFu, a1 = a >> 32, b0 = b & 0xFFFFFFFFu, b1 = b >> 32;
  u64 low = a0 * b0, mid1 = a1 * b0 + (low >> 32), mid2 = a0 * b1 + (mid1 & 0xFFFFFFFFu);
  return {a1 * b1 + (mid1 >> 32) + (mid2 >> 32), mid2 << 32 | (low & 0xFFFFFFFFu)};
#endif
}
inline u64 mum(u64 a, u64 b) {
  Product r = multiply(a, b);
  return r.high ^ r.low;
}

constexpr u64 SEED = 0x9E3779B97F4A7C15ull;
constexpr u64 M1 = 0xE7037ED1A0B428DBull;
constexpr u64 M2 = 0x8EBC6AF09C88C6E3ull;
constexpr u64 M3 = 0xA0761D6478BD642Full;

inline u64 load8(const char* p) {
  u64 word;
  std::memcpy(&word, p, 8);
  return word;
}
inline u64 load4(const char* p) {
  u32 word;
  std::memcpy(&word, p, 4);
  return word;
}

// Some bytes that somebody else owns, with a tag that must be equal as well where they are looked up.
struct Bytes {
  const char* at = nullptr;
  size_t size = 0;
  u32 tag = 0;

  u64 hash(u64 seed) const {
    u64 h = seed ^ (static_cast<u64>(size) * M3);
    const char *q = at, *end = at + size;
    while (end - q > 8) {
      h = mum(h ^ load8(q), M1);
      q += 8;
    }
    return mum(h ^ last(q, static_cast<size_t>(end - q)), M2);
  }
  // The last bytes, at most eight, as one number, low byte first.
  u64 last(const char* q, size_t left) const {
    if (left == 0) return 0;
    if (size >= 8) return load8(q + left - 8) >> (64 - 8 * left);
    u64 word = 0;
    for (size_t i = left; i-- > 0;) word = word << 8 | u8(q[i]);
    return word;
  }
  bool same(const char* other) const {
    if (size > 16) return !std::memcmp(at, other, size);
    if (size >= 8) return !((load8(at) ^ load8(other)) | (load8(at + size - 8) ^ load8(other + size - 8)));
    if (size >= 4) return !((load4(at) ^ load4(other)) | (load4(at + size - 4) ^ load4(other + size - 4)));
    for (size_t i = 0; i < size; ++i)
      if (at[i] != other[i]) return false;
    return true;
  }
};

// The number of a text as the definition has it.
inline u64 text_hash(const Bytes& text) { return text.hash(SEED); }

// Bytes that are kept until all are dropped together.
class Arena {
 public:
  const char* keep(const Bytes& bytes) {
    if (bytes.size + 1 > left_) {  // one more, so that an empty text has a place too
      size_t size = bytes.size + 1 > BLOCK ? bytes.size + 1 : BLOCK;
      blocks_.emplace_back(new char[size]);
      next_ = blocks_.back().get();
      left_ = size;
      held_ += size;
    }
    char* kept = next_;
    if (bytes.size) std::memcpy(kept, bytes.at, bytes.size);
    next_ += bytes.size + 1;
    left_ -= bytes.size + 1;
    return kept;
  }
  size_t held() const { return held_; }

 private:
  static constexpr size_t BLOCK = 16384;
  vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  size_t left_ = 0, held_ = 0;
};

// Bytes, fewer than 2^32 of them -> a number: open addressing, never more than half full, so that every search ends at a free place.
class Table {
 public:
  struct Entry {
    const char* at;  // null: free
    u64 hash;
    u32 size, tag;
    i32 value;
  };
  explicit Table(u64 seed = 0, size_t places = 16) : seed_(seed), entries_(places, Entry{}), mask_(places - 1) {}

  u64 hash(const Bytes& key) const { return mum(key.hash(seed_) ^ key.tag, M3); }
  // Where a key is, or where it would go; valid until the next `add`.
  Entry* find(const Bytes& key, u64 h) {
    for (size_t i = static_cast<size_t>(h) & mask_;; i = (i + 1) & mask_) {
      Entry& e = entries_[i];
      if (!e.at) return &e;
      if (e.hash == h && e.size == key.size && e.tag == key.tag && key.same(e.at)) return &e;
    }
  }
  void add(const Bytes& key, u64 h, i32 value) {
    if (2 * (used_ + 1) > mask_) grow();
    ++used_;
    *find(key, h) = Entry{arena_.keep(key), h, u32(key.size), key.tag, value};
  }
  size_t used() const { return used_; }
  size_t held() const { return arena_.held() + entries_.size() * sizeof(Entry); }

 private:
  void grow() {
    vector<Entry> old(4 * (mask_ + 1), Entry{});
    old.swap(entries_);
    mask_ = entries_.size() - 1;
    for (const Entry& e : old) {
      if (!e.at) continue;
      size_t i = size_t(e.hash) & mask_;
      while (entries_[i].at) i = (i + 1) & mask_;
      entries_[i] = e;
    }
  }
  u64 seed_;
  vector<Entry> entries_;
  size_t mask_, used_ = 0;
  Arena arena_;
};

// Numbers by position that stay where they are while more are added, so that a thread may read those that it
// knows of while another thread, which holds the interpreter's lock, adds more.
template <class T, size_t PAGE, size_t MOST>
class Pages {
 public:
  Pages() : pages_(MOST) {}
  bool full() const { return size_ == PAGE * MOST; }
  size_t size() const { return size_; }
  void push_back(const T& x) {  // never past `full`
    if (size_ % PAGE == 0) pages_[size_ / PAGE].reset(new T[PAGE]);
    pages_[size_ / PAGE][size_ % PAGE] = x;
    ++size_;
  }
  const T& operator[](size_t i) const { return pages_[i / PAGE][i % PAGE]; }

 private:
  vector<std::unique_ptr<T[]>> pages_;  // as many as there can ever be: it never moves
  size_t size_ = 0;
};

}  // namespace medvie
