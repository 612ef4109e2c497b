// Outcomes -> counts, in all or field by field; see `_outcomes.LeafCounter`.
#pragma once

#include <array>

#include "align.h"

namespace medvie {

// The counts of a row, in the order in which Python gets them.
enum Count {
  CORRECT, WRONG, MISSING, FILLED_BLANK, INVENTED_FIELD, INVENTED_ITEM, MISPLACED, CRITICAL, WRONG_CRITICAL,
  CORRECT_UNITS, WRONG_UNITS, MISSING_UNITS, HALLUCINATED_UNITS, CHARGED, CREDITED, AGREED_BLANK, COUNTS
};
using Row = std::array<i64, COUNTS>;

inline bool is_misread(What what) {
  return what == What::WRONG || what == What::FILLED_BLANK || what == What::INVENTED_FIELD || what == What::INVENTED_ITEM;
}

// The classes of values under the form of misplaced ones: an outcome's predicted value, and its gold value.
struct Plain {
  i32 pred = -1, gold = -1;  // -1: has none, or was read right
};

// Writes the plain classes of all outcomes. May call Python.
inline Fail plain_classes(Book& book, const Tree& p, const Tree& g, const vector<Outcome>& outcomes, vector<Plain>& out) {
  out.assign(outcomes.size(), Plain{});
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const Outcome o = outcomes[i];
    auto look_up = [&](const Tree& t, i32 at, i32& found) {
      Facts facts = book.facts(t[at].field);
      return book.plain(facts, t[at].raw, t[at].like, found);
    };
    if (o.what == What::WRONG || o.what == What::MISSING)
      if (Fail fail = look_up(g, o.g, out[i].gold); fail != Fail::NONE) return fail;
    if (is_misread(o.what))
      if (Fail fail = look_up(p, o.p, out[i].pred); fail != Fail::NONE) return fail;
  }
  return Fail::NONE;
}
// The plain classes of gold leaves that were not read right, in order.
inline vector<i32> unread(const vector<Plain>& plain) {
  vector<i32> classes;
  for (const Plain& x : plain)
    if (x.gold >= 0) classes.push_back(x.gold);
  std::sort(classes.begin(), classes.end());
  return classes;
}
// Whether a value is that of a gold leaf that was not read right, other than its own partner.
inline bool is_misplaced(const vector<i32>& unread, const Plain& x) {
  if (x.pred < 0) return false;
  auto same = std::equal_range(unread.begin(), unread.end(), x.pred);
  return same.second - same.first > (x.gold == x.pred);
}

class Counter {
 public:
  // `costs`: what a hallucinated leaf costs for each unit, by its kind.
  Counter(Book& book, Space& space, const Tree& gold, const std::array<i64, 3>& costs, bool by_field, bool blanks)
      : book_(book), space_(space), p_(space.tree), g_(gold), costs_(costs), by_field_(by_field), blanks_(blanks) {
    space.next();
    if (!by_field) rows_.push_back({-1, Row{}, 0});
  }

  Fail count() {
    const vector<Outcome>& outcomes = space_.outcomes;
    vector<Plain> plain;
    if (Fail fail = plain_classes(book_, p_, g_, outcomes, plain); fail != Fail::NONE) return fail;
    vector<i32> not_read = unread(plain);
    // Fields of the gold come in its order, the others by name, whatever the order in which leaves were paired.
    if (by_field_)
      for (i32 k = 0; k < g_.size(); ++k)
        if (g_.scalar(k) && g_[k].like != BLANK) row(g_[k].field);
    for (size_t i = 0; i < rows_.size(); ++i) rows_[i].rank = i32(i);
    for (size_t i = 0; i < outcomes.size(); ++i) {
      const Outcome& o = outcomes[i];
      if (o.what == What::ALL_CORRECT) {
        all_correct(o.g);
        continue;
      }
      add(o);
      row(o.field)[MISPLACED] += is_misplaced(not_read, plain[i]);
    }
    wrong_critical();
    return Fail::NONE;
  }
  struct FieldRow {
    i32 field;  // -1: all
    Row row;
    i32 rank = INT32_MAX;  // among the gold's fields; the others have none
  };
  vector<FieldRow>& rows() { return rows_; }  // of each field that has a leaf, or one of all

 private:
  Row& row(i32 field) {
    if (!by_field_) return rows_[0].row;
    Space::Chain& at = space_.rows[size_t(field)];
    if (at.now != space_.now) {
      at = Space::Chain{space_.now, i32(rows_.size())};
      rows_.push_back({field, Row{}, INT32_MAX});
    }
    return rows_[size_t(at.first)].row;
  }
  void correct(Row& row, const Facts& facts) {
    ++row[CORRECT];
    row[CORRECT_UNITS] += facts.units;
    row[CRITICAL] += facts.critical;
  }
  void all_correct(i32 g) {
    if (!by_field_ && !g_.scalar(g)) {
      const Box& b = g_.box(g);
      rows_[0].row[CORRECT] += b.leaves;
      rows_[0].row[CORRECT_UNITS] += b.units;
      rows_[0].row[CRITICAL] += b.critical;
      return;
    }
    for (i32 k = g, end = g_.end(g); k < end; ++k)
      if (g_.scalar(k) && g_[k].like != BLANK) correct(row(g_[k].field), book_.facts(g_[k].field));
    if (blanks_) agreed_blanks(g);
  }
  // Blank members of a gold value of which every leaf is correct: the other side has them blank or not at all.
  void agreed_blanks(i32 g) {
    if (g_.scalar(g)) return;
    const Box& b = g_.box(g);
    const i32* kids = g_.kids(b);
    for (i32 i = 0; i < b.n; ++i) {
      const Node& kid = g_[kids[i]];
      if (kid.box >= 0) agreed_blanks(kids[i]);
      else if (b.kind == Kind::OBJECT && kid.box == -1 && kid.like == BLANK) ++row(kid.field)[AGREED_BLANK];
    }
  }
  void add(const Outcome& o) {
    const Facts& facts = book_.facts(o.field);
    Row& to = row(o.field);
    bool gold = false;
    switch (o.what) {
      case What::CORRECT: return correct(to, facts);
      case What::AGREED_BLANK: ++to[AGREED_BLANK]; return;
      case What::WRONG:
        ++to[WRONG];
        to[WRONG_UNITS] += facts.units;
        to[CREDITED] += i64(facts.units) * o.credit;
        gold = true;
        break;
      case What::MISSING:
        ++to[MISSING];
        to[MISSING_UNITS] += facts.units;
        gold = true;
        break;
      default: {
        size_t kind = size_t(o.what) - size_t(What::FILLED_BLANK);
        ++to[FILLED_BLANK + kind];
        to[HALLUCINATED_UNITS] += facts.units;
        to[CHARGED] += facts.units * costs_[kind];
      }
    }
    if (!facts.critical) return;
    to[CRITICAL] += gold;
    not_right_.push_back({facts.names, o.field, o.what != What::MISSING, gold});
  }
  // Of the leaves of a critical field that are not right, as many count as both sides have. A field may have
  // several names, with and without list marks: the first by alphabet gets the count.
  void wrong_critical() {
    std::sort(not_right_.begin(), not_right_.end(), [](const NotRight& a, const NotRight& b) { return a.names < b.names; });
    for (size_t i = 0; i < not_right_.size();) {
      i64 read = 0, gold = 0;
      i32 first = not_right_[i].field, names = not_right_[i].names;
      for (; i < not_right_.size() && not_right_[i].names == names; ++i) {
        read += not_right_[i].read;
        gold += not_right_[i].gold;
        if (by_field_ && not_right_[i].field != first && before(not_right_[i].field, first)) first = not_right_[i].field;
      }
      row(first)[WRONG_CRITICAL] += std::min(read, gold);
    }
  }
  bool before(i32 a, i32 b) const {
    return PyUnicode_Compare(book_.field(a).name.get(), book_.field(b).name.get()) < 0;
  }

  struct NotRight {
    i32 names, field;
    bool read, gold;
  };
  Book& book_;
  Space& space_;
  const Tree &p_, &g_;
  std::array<i64, 3> costs_;
  bool by_field_, blanks_;
  vector<FieldRow> rows_;
  vector<NotRight> not_right_;
};

}  // namespace medvie
