// A completion's text -> the bytes of its JSON, for the form that training asks for; all others are for Python.
//
// What is found here is what `completions.parse_with` finds, or nothing is found: one think part, one answer part, ASCII
// white space around them, and in the answer one JSON object, bare or in one fence.
#pragma once

#include "bytes.h"

namespace medvie {

// Eight bytes are looked at together: a test gives the high bit of each byte that satisfies it.
constexpr u64 EACH = 0x0101010101010101ull, HIGH = EACH << 7, LOW = ~HIGH;

template <char C>
u64 are(u64 word) {
  u64 differ = word ^ u64(u8(C)) * EACH;
  return ~(((differ & LOW) + LOW) | differ) & HIGH;
}
// Bytes of UTF-8 that go on with a character: 10xxxxxx.
inline u64 are_continued(u64 word) { return word & ~(word << 1) & HIGH; }

template <class Test>
i64 tally(const char* from, const char* to, Test test) {
  i64 n = 0;
  for (; to - from >= 8; from += 8) n += i64((test(load8(from)) >> 7) * EACH >> 56);
  u64 word = EACH;  // filled up with a control character, which nobody asks for
  std::memcpy(&word, from, size_t(to - from));
  return n + i64((test(word) >> 7) * EACH >> 56);
}

struct Answer {
  const char *from = nullptr, *to = nullptr;  // the JSON
  i64 chars = 0;                              // of the whole answer part
};

inline bool is_blank(const char* from, const char* to) {
  for (; from < to; ++from)
    if (*from != ' ' && (*from < 9 || *from > 13)) return false;
  return true;
}
inline bool is_json_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

inline bool find_answer(const char* text, size_t size, Answer& out) {
  struct Tag {
    const char* text;
    size_t size;
  };
  static const Tag tags[] = {{"<think>", 7}, {"</think>", 8}, {"<answer>", 8}, {"</answer>", 9}};
  const char *end = text + size, *at[4];
  int found = 0;
  for (const char* p = text; (p = static_cast<const char*>(std::memchr(p, '<', size_t(end - p)))); ++p)
    for (int k = 0; k < 4; ++k) {
      if (size_t(end - p) < tags[k].size || std::memcmp(p, tags[k].text, tags[k].size)) continue;
      if (k != found) return false;  // each once, in this order
      at[found++] = p;
      break;
    }
  if (found != 4) return false;
  if (!is_blank(text, at[0]) || !is_blank(at[1] + 8, at[2]) || !is_blank(at[3] + 9, end)) return false;
  const char *from = at[2] + 8, *to = at[3];
  out.chars = (to - from) - tally(from, to, are_continued);
  while (from < to && is_json_space(*from)) ++from;
  while (from < to && is_json_space(to[-1])) --to;
  if (to - from > 10 && !std::memcmp(from, "```json", 7) && (from[7] == '\n' || from[7] == '{') &&
      !std::memcmp(to - 3, "```", 3)) {
    from += 7;
    to -= 3;
    if (std::memchr(from, '`', size_t(to - from))) return false;
  }
  out.from = from;
  out.to = to;
  return from < to;
}

// Whether no member was dropped as the JSON was read: every name and every text that was kept stands between two
// quotes of its own, and there are no others but escaped ones, which can be told where no backslash is escaped.
inline bool is_whole(const Answer& a, i64 members, i64 texts) {
  i64 quotes = tally(a.from, a.to, are<'"'>) - 2 * (members + texts);
  if (!std::memchr(a.from, '\\', size_t(a.to - a.from))) return quotes == 0;
  for (const char* p = a.from; p + 1 < a.to; ++p)
    if (*p == '\\') {
      if (p[1] == '\\') return false;
      quotes -= p[1] == '"';
    }
  return quotes == 0;
}

}  // namespace medvie
