// Two trees -> what became of every leaf. Whole numbers only, no Python: the interpreter's lock may be let go.
//
// The definition is `_definition.Aligner`; each function here names the one it is the same as, and says why it
// may do less. Where all worths and contents are the same, so are the pairs: a best pairing is unique by the
// numbers that decide between equals, so any exact way to find it finds the same one.
#pragma once

#include <limits>

#include "solver.h"
#include "tree.h"

namespace medvie {

// What leaves add to the worth of a pair; see `_prices.Prices`.
struct Prices {
  i64 scale = 1;              // the credit of an equal leaf
  i64 item = 0;               // what a paired leaf saves for each unit
  i64 filled = 0, field = 0;  // what leaves of these outcomes save for each unit
  i64 critical = 0;           // what a correct critical leaf is worth besides

  bool by_kind() const { return filled || field; }
  Gain right(const Facts& f) const {
    return Gain{f.units * scale, f.units * item + 1 + (f.critical ? critical : 0)};
  }
  // A wrong leaf; credits below `scale` where some leaf may have one.
  Gain wrong(const Facts& f, i64 credit = 0) const { return Gain{f.units * credit, f.units * item + 1}; }
};

// ALL_CORRECT stands for all leaves of a gold value, AGREED_BLANK for what both sides leave blank.
enum class What : u8 {
  CORRECT, WRONG, MISSING, FILLED_BLANK, INVENTED_FIELD, INVENTED_ITEM, ALL_CORRECT, AGREED_BLANK
};

// One leaf.
struct Outcome {
  i32 p, g;  // nodes; -1 on the side that lacks it
  i32 field;
  std::int16_t credit;  // of a wrong one, in thousandths
  What what;
};

// What is asked of an alignment.
struct Wishes {
  bool bag;     // leaves are pooled by member names
  bool whole;   // gold items of which every leaf is correct come out as one outcome
  bool blanks;  // what both sides leave blank comes out, too
};

// Some Python code failed, or gave what is not for the kernel, while values were paired.
struct Stopped {
  Fail why;
};

struct Pair {  // of an item of each side
  i32 p, g;
};

// The room that one pair of lists works in. It is kept for the next one at the same depth.
struct Frame {
  vector<i32> preds, golds;            // the items: nodes
  vector<i32> rest_p, rest_g;          // what is left once equal ones are paired: positions in them
  vector<Pair> equal, near;            // pairs of positions
  vector<u8> taken_p, taken_g;
  vector<i32> next, partner, free_p, values, blanks;
  vector<std::pair<u64, i32>> order_p, order_g;
  vector<u64> content_p, content_g;
  vector<Pair> chosen, pairs;
  vector<i32> used_p, used_g;
  vector<u8> gone_p, gone_g;
  vector<Gain> gains;
  vector<u8> joined;                   // whether pairs have a joining value in common
  vector<i32> join_p, join_g;
  vector<u8> exact;
#ifdef MEDVIE_PACKED
  Solver<Packed> packed;
#endif
  Solver<Rank> ranked;
  void drop_solvers() {
#ifdef MEDVIE_PACKED
    packed = Solver<Packed>();
#endif
    ranked = Solver<Rank>();
  }
  // rows
  vector<i32> cells_p, cells_g, rows_p, rows_g;
  vector<Gain> right, wrong;
  vector<i64> units;
  vector<i32> id_p, id_g, count_p, count_g, owner;
  // bounds
  struct Posting {
    i32 item, n, next;
  };
  vector<Posting> postings;
  vector<i32> head, counts, touched;
  vector<Gain> worth;

  // Pairs of numbers -> small numbers from 1 on.
  struct Slot {
    u64 key;
    i32 id;
  };
  vector<Slot> slots;
  size_t slot_mask = 0;
  i32 n_ids = 0;
  static u64 key(i32 a, i32 b) { return u64(u32(a + 1)) << 32 | u32(b); }
  void begin_ids(size_t most) {
    size_t size = 16;
    while (size < 2 * most) size *= 2;
    slots.assign(size, Slot{0, 0});
    slot_mask = size - 1;
    n_ids = 0;
  }
  Slot& slot(u64 key) {
    size_t i = size_t(key * SEED >> 32) & slot_mask;
    while (slots[i].key && slots[i].key != key) i = (i + 1) & slot_mask;
    return slots[i];
  }
  i32 id_of(u64 key) {
    Slot& s = slot(key);
    if (!s.key) s = Slot{key, ++n_ids};
    return s.id;
  }
  i32 known_id(u64 key) { return slot(key).id; }
};

// The working space of one alignment, kept for the next. Arrays over classes and names are never cleared: each
// use has a number of its own, and what bears another number is void.
struct Space {
  Tree tree;
  vector<Outcome> outcomes;
  vector<std::unique_ptr<Frame>> frames;
  struct Chain {
    u32 now;
    i32 first;
  };
  vector<Chain> chains, like_chains, columns, rows;
  u32 now = 0;
  void begin(const Book& book, size_t likes) {
    grow(chains, book.classes());
    grow(like_chains, likes + 2);
    grow(columns, book.names());
    grow(rows, book.fields());
    next();
    outcomes.clear();
  }
  void next() {
    if (++now != 0) return;
    for (auto* all : {&chains, &like_chains, &columns, &rows}) std::fill(all->begin(), all->end(), Chain{0, -1});
    now = 1;
  }

 private:
  static void grow(vector<Chain>& all, size_t n) {
    if (all.size() < n) all.resize(2 * n, Chain{0, -1});
  }
};

class Aligner {
 public:
  bool limited = false;
  bool refused = false;  // some number would not fit: the textbook answers

  Aligner(Book& book, const Tree& pred, const Tree& gold, const Prices& prices, i64 leaves, i64 max_work,
          const Wishes& wishes, Space& space)
      : book_(book), p_(pred), g_(gold), prices_(prices), leaves_(leaves), max_work_(max_work), wishes_(wishes),
        plain_(!book.grades() && !gold.any_several() && !prices.by_kind()), space_(space) {}

  void align() {
    if (wishes_.bag) align_pools();
    else walk(0, 0, 0);
  }

 private:
  const Facts& facts(i32 g) const { return book_.facts(g_[g].field); }
  i64 units(const Tree& t, i32 at) const {
    if (!t.scalar(at)) return t.box(at).units;
    return t[at].like != BLANK ? book_.facts(t[at].field).units : 0;
  }
  u64 content_p(i32 at) const { return p_.content(book_, at); }
  u64 content_g(i32 at) const { return g_.content(book_, at); }
  static i64 tie(u64 p, u64 g) { return i64(mum(p ^ M1, g ^ M2) >> 24); }
  static constexpr int TIE_BITS = 40;

  // `_definition.is_blank`
  bool blank(i32 g) const { return g_.scalar(g) ? g_[g].like == BLANK : g_.box(g).n == 0; }
  // `Prices.full`: what a gold value is worth of which every leaf is correct
  Gain full(i32 g) const {
    if (g_.scalar(g)) return prices_.right(facts(g));
    const Box& b = g_.box(g);
    return Gain{b.units * prices_.scale, b.units * prices_.item + b.leaves + b.critical * prices_.critical};
  }

  // -- worth --

  // `Aligner.credit` of two scalars that are not blank. Asks Python where the field gives credits.
  i64 credit(i32 p, i32 g) {
    i32 x = p_[p].like, y = g_[g].like;
    if (x == y) return prices_.scale;
    const Facts& f = facts(g);
    bool several = g_.several(g);
    if (several) {
      const vector<i32>& forms = g_.accepted(g);
      if (std::find(forms.begin(), forms.end(), x) != forms.end()) return prices_.scale;
    }
    if (f.credit < 0) return 0;
    i32 most = 0, found;
    auto ask = [&](i32 form) {
      if (Fail fail = book_.credit(f, x, form, found); fail != Fail::NONE) throw Stopped{fail};
      most = std::max(most, found);
    };
    if (several) for (i32 form : g_.accepted(g)) ask(form);
    else ask(y);
    return most;
  }
  // `Prices.pair`
  Gain price(i32 g, i64 credit) const {
    return credit == prices_.scale ? prices_.right(facts(g)) : prices_.wrong(facts(g), credit);
  }

  // `Aligner.worth`
  Gain weigh(i32 p, i32 g) {
    bool scalar_p = p_.scalar(p), scalar_g = g_.scalar(g);
    if (scalar_p && scalar_g) {
      i32 x = p_[p].like, y = g_[g].like;
      if (x == BLANK) return Gain{};
      if (y == BLANK) return Gain{0, facts(g).units * prices_.filled};
      return price(g, credit(p, g));
    }
    // Without leaves on one side nothing pairs; what the other has costs the same wherever it stands.
    if (!p_.leaves(p) || (!prices_.by_kind() && !g_.leaves(g))) return Gain{};
    if (blank(g)) return Gain{0, units(p_, p) * prices_.filled};
    bool list_p = p_.is_list(p), list_g = g_.is_list(g);
    if (list_p || list_g) {
      if (list_p && scalar_g && has_rivals(p, g)) return prices_.wrong(facts(g));
      Enter enter(*this);
      return pair_lists(enter.frame, p, g);
    }
    if (scalar_p || scalar_g) return Gain{0, units(p_, p) * prices_.field};
    const Box &P = p_.box(p), &G = g_.box(g);
    const i32 *x = p_.kids(P), *x_end = x + P.n, *y = g_.kids(G), *y_end = y + G.n;
    Gain worth;
    for (; x < x_end; ++x) {
      while (y < y_end && g_[*y].names < p_[*x].names) ++y;
      if (y < y_end && g_[*y].names == p_[*x].names) worth += weigh(*x, *y++);
      else if (prices_.field) worth.rest += prices_.field * units(p_, *x);
    }
    return worth;
  }

  // `_definition.spread`: the items of a list that are no lists, those of inner lists after the outer ones.
  static void spread(const Tree& t, i32 list, vector<i32>& found) {
    vector<i32> level{list}, inner;
    found.clear();
    while (!level.empty()) {
      inner.clear();
      for (i32 at : level) {
        const Box& b = t.box(at);
        const i32* kids = t.kids(b);
        for (i32 i = 0; i < b.n; ++i) (t.is_list(kids[i]) ? inner : found).push_back(kids[i]);
      }
      level.swap(inner);
    }
  }
  // Whether a predicted list holds several values for one gold scalar: none of them is right.
  bool has_rivals(i32 p, i32 g) const {
    if (facts(g).several) return false;
    int texts = 0;
    for (i32 k = p, end = p_.end(p); k < end && texts < 2;) {
      if (p_.kind(k) == Kind::OBJECT) k = p_.end(k);  // an object's members are no values of the list
      else {
        texts += p_.scalar(k) && p_[k].like != BLANK;
        ++k;
      }
    }
    return texts > 1;
  }

  // -- lists --

  struct Enter {  // the frame of one pair of lists, as long as it lives
    Aligner& aligner;
    Frame& frame;
    explicit Enter(Aligner& a) : aligner(a), frame(a.next_frame()) { ++a.depth_; }
    Enter(const Enter&) = delete;
    Enter& operator=(const Enter&) = delete;
    ~Enter() { --aligner.depth_; }
  };
  Frame& next_frame() {
    if (space_.frames.size() <= depth_) space_.frames.emplace_back(new Frame);
    return *space_.frames[depth_];
  }

  // `Aligner.items` and `Aligner.pair`: pairs the items of two values of which one is a list at least. Gives what
  // the pairs are worth; the pairs are in the frame until another two values are paired in it.
  Gain pair_lists(Frame& f, i32 p, i32 g) {
    bool list_p = p_.is_list(p), list_g = g_.is_list(g);
    const Facts& here = facts(g);
    bool spreads = !(list_p && list_g) && here.mode != Mode::INDEX;  // a lone value may stand for an inner item
    if (!list_p) f.preds.assign(1, p);
    else if (spreads) spread(p_, p, f.preds);
    else f.preds.assign(p_.kids(p_.box(p)), p_.kids(p_.box(p)) + p_.box(p).n);
    if (!list_g) f.golds.assign(1, g);
    else if (spreads) spread(g_, g, f.golds);
    else f.golds.assign(g_.kids(g_.box(g)), g_.kids(g_.box(g)) + g_.box(g).n);
    if (here.mode == Mode::INDEX) return pair_by_position(f);
    bool flat = list_p && list_g && p_.box(p).flat && g_.box(g).flat;
    Gain worth = pair_equal(f);
    if (!f.rest_p.empty() && !f.rest_g.empty() && !hopeless(f)) worth += best(f, flat && plain_, here.join);
    if (!flat) worth += pair_leftover(f);
    return worth;
  }
  Gain pair_by_position(Frame& f) {
    f.equal.clear();
    f.near.clear();
    f.taken_p.assign(f.preds.size(), 0);
    f.taken_g.assign(f.golds.size(), 0);
    Gain worth;
    for (size_t n = 0; n < f.preds.size() && n < f.golds.size(); ++n) {
      worth += weigh(f.preds[n], f.golds[n]);
      take(f, i32(n), i32(n));
    }
    return worth;
  }

  Space::Chain& chain(i32 like) {
    return like > 0 ? space_.chains[size_t(like)] : space_.like_chains[size_t(UNLIKE - like)];
  }
  // Puts the gold item at a position in front of its equals; gives whether there were some already.
  bool put_first(Frame& f, i32 g, i32 j) {
    i32 like = g_[g].like;
    if (like == BLANK) return false;
    Space::Chain& c = chain(like);
    if (c.now != space_.now) c = Space::Chain{space_.now, -1};
    f.next[size_t(j)] = c.first;
    c.first = j;
    return f.next[size_t(j)] >= 0;
  }
  // `_definition.pair_equal`: each predicted item takes, of the gold items with equal leaves, the one of smallest
  // content, and of those the first. What is left with a leaf goes to `rest_p` and `rest_g`.
  Gain pair_equal(Frame& f) {
    i32 n = i32(f.preds.size()), m = i32(f.golds.size());
    f.equal.clear();
    f.near.clear();
    f.rest_p.clear();
    f.rest_g.clear();
    f.next.resize(size_t(m));
    f.taken_p.assign(size_t(n), 0);
    f.taken_g.assign(size_t(m), 0);
    space_.next();
    // Whether some are equal but for blanks, or for other values that they accept, so that their contents may differ.
    bool alike = false;
    for (i32 j = m; j-- > 0;) {
      i32 g = f.golds[size_t(j)];
      alike |= put_first(f, g, j) && (g_[g].like < UNLIKE || g_.any_several());
    }
    if (alike) {
      sort_by_content(f.order_g, m, [&](i32 j) { return content_g(f.golds[size_t(j)]); });
      space_.next();
      for (i32 k = m; k-- > 0;) {
        i32 j = f.order_g[size_t(k)].second;
        put_first(f, f.golds[size_t(j)], j);
      }
    }
    Gain worth;
    for (i32 i = 0; i < n; ++i) {
      i32 like = p_[f.preds[size_t(i)]].like;
      if (like == BLANK) continue;
      if (like != UNLIKE) {
        Space::Chain& c = chain(like);
        if (c.now == space_.now && c.first >= 0) {
          i32 j = c.first;
          c.first = f.next[size_t(j)];
          f.taken_p[size_t(i)] = f.taken_g[size_t(j)] = 1;
          worth += full(f.golds[size_t(j)]);
          f.equal.push_back({i, j});
          continue;
        }
      }
      f.rest_p.push_back(i);
    }
    if (f.rest_p.empty()) return worth;
    for (i32 j = 0; j < m; ++j)
      if (!f.taken_g[size_t(j)] && g_[f.golds[size_t(j)]].like != BLANK) f.rest_g.push_back(j);
    return worth;
  }
  // Positions in the order of contents, and equal ones in the order they have.
  template <class Content>
  static void sort_by_content(vector<std::pair<u64, i32>>& order, i32 n, Content content) {
    order.clear();
    for (i32 i = 0; i < n; ++i) order.push_back({content(i), i});
    std::sort(order.begin(), order.end());
  }

  // `Aligner.hopeless`: scalars without credit are worth nothing to each other.
  bool hopeless(const Frame& f) const {
    for (i32 i : f.rest_p)
      if (!p_.scalar(f.preds[size_t(i)])) return false;
    for (i32 j : f.rest_g)
      if (g_[f.golds[size_t(j)]].box != -1) return false;
    return facts(f.golds[size_t(f.rest_g[0])]).credit < 0;
  }
  // `Aligner.useful`
  Gain useful(i32 p, i32 g) {
    if (p_.scalar(p) && g_.scalar(g)) {
      i64 earned = credit(p, g);
      return earned ? price(g, earned) : Gain{};
    }
    Gain worth = weigh(p, g);
    return worth.positive() ? worth : Gain{};
  }

  // `_definition.join_texts`: an item's values of the joining member, one or several where it holds a list, sorted.
  static void join_values(const Tree& t, i32 at, i32 names, vector<i32>& found) {
    found.clear();
    if (t.kind(at) != Kind::OBJECT) return;
    const Box& b = t.box(at);
    const i32 *kids = t.kids(b), *end = kids + b.n;
    const i32* kid = std::lower_bound(kids, end, names, [&](i32 k, i32 n) { return t[k].names < n; });
    if (kid == end || t[*kid].names != names || t.kind(*kid) == Kind::OBJECT) return;
    for (i32 k = *kid, last = t.end(*kid); k < last;) {
      if (t.kind(k) == Kind::OBJECT) k = t.end(k);
      else {
        if (t.scalar(k) && t[k].like != BLANK) found.push_back(t[k].like);
        ++k;
      }
    }
    std::sort(found.begin(), found.end());
  }
  // `Aligner.joined` of all pairs of what is left.
  void note_joined(Frame& f, i32 names) {
    f.joined.assign(f.rest_p.size() * f.rest_g.size(), 0);
    for (size_t a = 0; a < f.rest_p.size(); ++a) {
      join_values(p_, f.preds[size_t(f.rest_p[a])], names, f.join_p);
      if (f.join_p.empty()) continue;
      for (size_t b = 0; b < f.rest_g.size(); ++b) {
        join_values(g_, f.golds[size_t(f.rest_g[b])], names, f.join_g);
        auto x = f.join_p.begin(), y = f.join_g.begin();
        while (x != f.join_p.end() && y != f.join_g.end() && *x != *y) ++(*x < *y ? x : y);
        f.joined[a * f.rest_g.size() + b] = x != f.join_p.end() && y != f.join_g.end();
      }
    }
  }

  struct Sizes {  // of the items that are left on one side
    i64 n = 0, leaves = 0, most_leaves = 0, widest = 0;
  };
  static Sizes sizes(const Tree& t, const vector<i32>& items, const vector<i32>& rest) {
    Sizes s;
    s.n = i64(rest.size());
    for (i32 i : rest) {
      i64 leaves = t.leaves(items[size_t(i)]);
      s.leaves += leaves;
      s.most_leaves = std::max(s.most_leaves, leaves);
      s.widest = std::max(s.widest, i64(t.widest(items[size_t(i)])));
    }
    return s;
  }
  // `Aligner.too_much`. There are at most 2^20 nodes on a side, so the work is below 2^62.
  bool too_much(const Sizes& p, const Sizes& g) const {
    i64 work = p.n * g.n * std::min(p.n, g.n) + p.leaves * g.leaves * (1 + std::min(p.widest, g.widest));
    Product needed = multiply(u64(work), u64(leaves_)), allowed = multiply(u64(max_work_), u64(p.leaves + g.leaves));
    return needed.high != allowed.high ? needed.high > allowed.high : needed.low > allowed.low;
  }
  // Whether surely no two lists inside such items are too much: their work by leaf grows with all sizes.
  bool never_too_much(const Sizes& p, const Sizes& g) const {
    double n = double(p.widest), m = double(g.widest), a = double(p.most_leaves), b = double(g.most_leaves);
    if (n == 0 && m == 0) return true;
    double by_leaf = 1 + n * m * std::min(n, m) / (n + m) + a * b * (1 + std::min(n, m)) / (a + b);
    return 1.01 * by_leaf * double(leaves_) < double(max_work_);
  }

  // `Aligner.best`: the pairing of the largest worth of what is left.
  Gain best(Frame& f, bool flat, i32 join) {
    f.joined.clear();
    Sizes p = sizes(p_, f.preds, f.rest_p), g = sizes(g_, f.golds, f.rest_g);
    if (too_much(p, g)) return in_order_of_content(f);
    if (join >= 0) note_joined(f, join);
    else if (flat) return pair_rows(f);
    if (join < 0 && plain_ && p.leaves * g.leaves > FEW_LEAVES * p.n * g.n && never_too_much(p, g) &&
        4 * std::min(p.n, g.n) >= std::max(p.n, g.n))
      return pair_bounded(f);
    i32 n = i32(p.n), m = i32(g.n);
    f.gains.resize(size_t(n) * size_t(m));
    for (i32 a = 0; a < n; ++a)
      for (i32 b = 0; b < m; ++b) {
        Gain gain = useful(f.preds[size_t(f.rest_p[size_t(a)])], f.golds[size_t(f.rest_g[size_t(b)])]);
        f.gains[size_t(a) * size_t(m) + size_t(b)] = gain;
      }
    return assign(f, f.rest_p, f.rest_g);
  }
  Gain in_order_of_content(Frame& f) {
    limited = true;
    Gain worth;
    auto p_at = [&](i32 a) { return f.preds[size_t(f.rest_p[size_t(a)])]; };
    auto g_at = [&](i32 b) { return f.golds[size_t(f.rest_g[size_t(b)])]; };
    sort_by_content(f.order_p, i32(f.rest_p.size()), [&](i32 a) { return content_p(p_at(a)); });
    sort_by_content(f.order_g, i32(f.rest_g.size()), [&](i32 b) { return content_g(g_at(b)); });
    size_t n = std::min(f.order_p.size(), f.order_g.size());
    for (size_t k = 0; k < n; ++k) {
      i32 a = f.order_p[k].second, b = f.order_g[k].second;
      Gain gain = useful(p_at(a), g_at(b));
      if (!gain.positive()) continue;
      worth += gain;
      take(f, f.rest_p[size_t(a)], f.rest_g[size_t(b)]);
    }
    return worth;
  }
  static void take(Frame& f, i32 i, i32 j) {
    f.near.push_back({i, j});
    f.taken_p[size_t(i)] = f.taken_g[size_t(j)] = 1;
  }

  // Pairs items at some positions by `f.gains`, which are 0 or positive.
  Gain assign(Frame& f, const vector<i32>& at_p, const vector<i32>& at_g) {
    i32 n = i32(at_p.size()), m = i32(at_g.size());
    note_contents(f, at_p, at_g);
    f.chosen.clear();
    if (n == 1 && m == 1) f.chosen.push_back({0, 0});
    else with_solver(f, n, m, [&](auto& solver, auto rank) {
      bool turned = n > m;
      solver.begin(std::min(n, m), std::max(n, m));
      for (i32 a = 0; a < n; ++a)
        for (i32 b = 0; b < m; ++b) {
          size_t cell = size_t(a) * size_t(m) + size_t(b);
          bool joined = !f.joined.empty() && f.joined[cell];
          if (!joined && !f.gains[cell].positive()) continue;
          Gain gain = f.gains[cell];
          if (joined) gain.credit += joined_credit();
          solver.at(turned ? b : a, turned ? a : b) = rank(gain, a, b);
        }
      solver.solve();
      for (i32 row = 0; row < solver.n; ++row) {
        i32 column = solver.column_of[size_t(row)];
        f.chosen.push_back(turned ? Pair{column, row} : Pair{row, column});
      }
    });
    return take_chosen(f, at_p, at_g);
  }
  // What a joining value counts, in credit: more than all pairs together can have.
  i64 joined_credit() const { return units(g_, 0) * prices_.scale + 1; }
  void note_contents(Frame& f, const vector<i32>& at_p, const vector<i32>& at_g) const {
    f.content_p.clear();
    f.content_g.clear();
    for (i32 i : at_p) f.content_p.push_back(content_p(f.preds[size_t(i)]));
    for (i32 j : at_g) f.content_g.push_back(content_g(f.golds[size_t(j)]));
  }
  // Calls for a solver whose numbers hold all sums and differences of `f.gains`: 128 bits for gain and tie
  // together where they fit, else three numbers. Potentials and paths add up at most n + m entries.
  template <class Call>
  void with_solver(Frame& f, i32 n, i32 m, Call call) {
    u64 credit = 0, rest = 0;
    for (const Gain& gain : f.gains) {
      credit = std::max(credit, u64(gain.credit));
      rest = std::max(rest, u64(gain.rest < 0 ? -gain.rest : gain.rest));
    }
    if (!f.joined.empty()) credit += u64(joined_credit());
    int many = bits(u64(n) + u64(m)) + 1;
#ifdef MEDVIE_PACKED
    int below_rest = TIE_BITS + many, below_credit = below_rest + bits(rest) + many;
    if (below_credit + bits(credit) + many < 126) {
      call(f.packed, [&f, below_rest, below_credit](const Gain& gain, i32 a, i32 b) {
        Packed made = Packed(gain.credit) * (Packed(1) << below_credit) + Packed(gain.rest) * (Packed(1) << below_rest);
        return made + tie(f.content_p[size_t(a)], f.content_g[size_t(b)]);
      });
      return;
    }
#endif
    if (std::max(bits(credit), bits(rest)) + many > 61) {
      refused = true;
      return;
    }
    call(f.ranked, [&f](const Gain& gain, i32 a, i32 b) {
      return Rank::of(gain, tie(f.content_p[size_t(a)], f.content_g[size_t(b)]));
    });
  }
  // `_definition.in_order`: takes the chosen pairs that are worth something. Items that hold the same take their
  // partners in the order in which they stand, as no worth can tell them apart.
  Gain take_chosen(Frame& f, const vector<i32>& at_p, const vector<i32>& at_g) {
    size_t m = at_g.size();
    Gain worth;
    f.pairs.clear();
    for (const Pair& c : f.chosen) {
      size_t cell = size_t(c.p) * m + size_t(c.g);
      if (!f.gains[cell].positive() && (f.joined.empty() || !f.joined[cell])) continue;
      worth += f.gains[cell];
      f.pairs.push_back(c);
    }
    bool twice_p = sort_and_find_twice(f.order_p, f.content_p), twice_g = sort_and_find_twice(f.order_g, f.content_g);
    if (twice_p || twice_g) {
      std::sort(f.pairs.begin(), f.pairs.end(), [&](const Pair& x, const Pair& y) {
        u64 px = f.content_p[size_t(x.p)], py = f.content_p[size_t(y.p)];
        return px != py ? px < py : f.content_g[size_t(x.g)] < f.content_g[size_t(y.g)];
      });
      f.used_p.assign(at_p.size(), 0);
      f.used_g.assign(m, 0);
      for (Pair& c : f.pairs) {
        c.p = next_alike(f.order_p, f.used_p, f.content_p[size_t(c.p)]);
        c.g = next_alike(f.order_g, f.used_g, f.content_g[size_t(c.g)]);
      }
    }
    for (const Pair& c : f.pairs) take(f, at_p[size_t(c.p)], at_g[size_t(c.g)]);
    return worth;
  }
  static bool sort_and_find_twice(vector<std::pair<u64, i32>>& order, const vector<u64>& contents) {
    sort_by_content(order, i32(contents.size()), [&](i32 i) { return contents[size_t(i)]; });
    for (size_t i = 1; i < order.size(); ++i)
      if (order[i - 1].first == order[i].first) return true;
    return false;
  }
  // The first item with a content that was not taken yet; `used` counts them at the first one's place.
  static i32 next_alike(const vector<std::pair<u64, i32>>& order, vector<i32>& used, u64 content) {
    size_t first = size_t(std::lower_bound(order.begin(), order.end(), std::make_pair(content, i32(-1))) - order.begin());
    return order[first + size_t(used[first]++)].second;
  }

  // `_definition.pair_leftover`: scalars that are left pair as wrong in the order of contents, then fill blanks.
  Gain pair_leftover(Frame& f) {
    f.free_p.clear();
    for (size_t i = 0; i < f.preds.size(); ++i)
      if (!f.taken_p[i] && p_.scalar(f.preds[i]) && p_[f.preds[i]].like != BLANK) f.free_p.push_back(i32(i));
    if (f.free_p.empty()) return Gain{};
    f.values.clear();
    f.blanks.clear();
    for (size_t j = 0; j < f.golds.size(); ++j)
      if (!f.taken_g[j] && (g_.scalar(f.golds[j]) || wishes_.bag)) (g_[f.golds[j]].like == BLANK ? f.blanks : f.values).push_back(i32(j));
    if (f.values.empty() && f.blanks.empty()) return Gain{};
    sort_by_content(f.order_p, i32(f.free_p.size()), [&](i32 a) { return content_p(f.preds[size_t(f.free_p[size_t(a)])]); });
    sort_by_content(f.order_g, i32(f.values.size()), [&](i32 b) { return content_g(f.golds[size_t(f.values[size_t(b)])]); });
    Gain worth;
    for (size_t k = 0; k < f.order_p.size() && k < f.values.size() + f.blanks.size(); ++k) {
      i32 i = f.free_p[size_t(f.order_p[k].second)];
      bool fills = k >= f.values.size();
      i32 j = fills ? f.blanks[k - f.values.size()] : f.values[size_t(f.order_g[k].second)];
      const Facts& facts_g = facts(f.golds[size_t(j)]);
      worth += fills ? Gain{0, facts_g.units * prices_.filled} : prices_.wrong(facts_g);
      take(f, i, j);
    }
    return worth;
  }

  // -- rows: lists of objects of scalars, of which only equal ones earn, where all hallucinations cost the same --

  // The same pairs as by weighing any two rows, with the rows laid out in columns, one for each gold field.
  Gain pair_rows(Frame& f) {
    size_t width = lay_out_columns(f);
    lay_out(f.cells_p, width, p_, f.preds, f.rest_p);
    lay_out(f.cells_g, width, g_, f.golds, f.rest_g);
    f.rows_p.clear();
    f.rows_g.clear();
    for (size_t a = 0; a < f.rest_p.size(); ++a) f.rows_p.push_back(i32(a));
    for (size_t b = 0; b < f.rest_g.size(); ++b) f.rows_g.push_back(i32(b));
    Gain worth;
    if (f.rows_p.size() * f.rows_g.size() > FEW_PAIRS) worth = take_sure_rows(f, width);
    size_t n = f.rows_p.size(), m = f.rows_g.size();
    if (!n || !m) return worth;
    f.gains.resize(n * m);
    for (size_t a = 0; a < n; ++a)
      for (size_t b = 0; b < m; ++b) f.gains[a * m + b] = row_gain(f, width, size_t(f.rows_p[a]), size_t(f.rows_g[b]));
    for (i32& a : f.rows_p) a = f.rest_p[size_t(a)];
    for (i32& b : f.rows_g) b = f.rest_g[size_t(b)];
    return worth += assign(f, f.rows_p, f.rows_g);
  }
  size_t lay_out_columns(Frame& f) {
    f.right.clear();
    f.wrong.clear();
    f.units.clear();
    space_.next();
    for (i32 j : f.rest_g) {
      const Box& row = g_.box(f.golds[size_t(j)]);
      const i32* kids = g_.kids(row);
      for (i32 k = 0; k < row.n; ++k) {
        const Node& kid = g_[kids[k]];
        Space::Chain& column = space_.columns[size_t(kid.names)];
        if (kid.like == BLANK || column.now == space_.now) continue;
        column = Space::Chain{space_.now, i32(f.units.size())};
        const Facts& facts = book_.facts(kid.field);
        f.right.push_back(prices_.right(facts));
        f.wrong.push_back(prices_.wrong(facts));
        f.units.push_back(facts.units);
      }
    }
    return f.units.size();
  }
  void lay_out(vector<i32>& cells, size_t width, const Tree& t, const vector<i32>& items, const vector<i32>& rest) const {
    cells.assign(rest.size() * width, BLANK);
    for (size_t r = 0; r < rest.size(); ++r) {
      const Box& row = t.box(items[size_t(rest[r])]);
      const i32* kids = t.kids(row);
      for (i32 k = 0; k < row.n; ++k) {
        const Node& kid = t[kids[k]];
        const Space::Chain& column = space_.columns[size_t(kid.names)];
        if (column.now == space_.now) cells[r * width + size_t(column.first)] = kid.like;
      }
    }
  }
  static Gain row_gain(const Frame& f, size_t width, size_t a, size_t b) {
    const i32 *x = &f.cells_p[a * width], *y = &f.cells_g[b * width];
    Gain gain;
    for (size_t c = 0; c < width; ++c)
      if (x[c] != BLANK && y[c] != BLANK) gain += x[c] == y[c] ? f.right[c] : f.wrong[c];
    return gain;
  }
  // Takes pairs that every best pairing has, and leaves the others in `rows_p` and `rows_g`.
  //
  // Say a best pairing has (x, y') and (x', y) where (x, y) and (x', y') are possible. In a column where x and y
  // agree on a value that no other row has, the change gains the column's units; where they agree on one that
  // others have too, it loses nothing (if both old pairs agree there, so do both new ones); where they differ, it
  // loses at most the units for each of the two values that is on the other side at all. So where the gain is
  // above zero, no best pairing lacks (x, y).
  Gain take_sure_rows(Frame& f, size_t width) {
    size_t n = f.rest_p.size(), m = f.rest_g.size();
    f.begin_ids(m * width + 1);
    f.id_g.assign(m * width, 0);
    f.id_p.assign(n * width, 0);
    for (size_t q = 0; q < m * width; ++q)
      if (f.cells_g[q] != BLANK) f.id_g[q] = f.id_of(Frame::key(i32(q % width), f.cells_g[q]));
    size_t ids = size_t(f.n_ids) + 1;
    f.count_p.assign(ids, 0);
    f.count_g.assign(ids, 0);
    f.owner.assign(ids, 0);
    for (size_t q = 0; q < m * width; ++q) ++f.count_g[size_t(f.id_g[q])];
    for (size_t q = 0; q < n * width; ++q) {
      if (f.cells_p[q] == BLANK) continue;
      size_t id = size_t(f.id_p[q] = f.known_id(Frame::key(i32(q % width), f.cells_p[q])));
      ++f.count_p[id];
      f.owner[id] ^= i32(q / width);  // of a value that one row has, that row
    }
    f.count_p[0] = f.count_g[0] = 0;  // 0 is no value, or one that the gold lacks
    f.gone_p.assign(n, 0);
    f.gone_g.assign(m, 0);
    Gain worth;
    for (bool more = true; more;) {
      more = false;
      for (size_t b = 0; b < m; ++b) {
        if (f.gone_g[b]) continue;
        i32 a = sure_partner(f, width, b);
        if (a < 0) continue;
        for (size_t c = 0; c < width; ++c) {
          size_t x = size_t(f.id_p[size_t(a) * width + c]), y = size_t(f.id_g[b * width + c]);
          if (x) {
            --f.count_p[x];
            f.owner[x] ^= a;
          }
          if (y) --f.count_g[y];
        }
        worth += row_gain(f, width, size_t(a), b);
        f.gone_p[size_t(a)] = f.gone_g[b] = 1;
        take(f, f.rest_p[size_t(a)], f.rest_g[b]);
        more = true;
      }
    }
    f.rows_p.clear();
    f.rows_g.clear();
    for (size_t a = 0; a < n; ++a)
      if (!f.gone_p[a]) f.rows_p.push_back(i32(a));
    for (size_t b = 0; b < m; ++b)
      if (!f.gone_g[b]) f.rows_g.push_back(i32(b));
    return worth;
  }
  static i32 sure_partner(const Frame& f, size_t width, size_t b) {
    const i32* y = &f.id_g[b * width];
    i32 tried = -1;
    for (size_t c = 0; c < width; ++c) {
      if (!y[c] || f.count_p[size_t(y[c])] != 1 || f.count_g[size_t(y[c])] != 1) continue;
      i32 a = f.owner[size_t(y[c])];
      if (a == tried) continue;
      tried = a;
      const i32* x = &f.id_p[size_t(a) * width];
      i64 gain = 0;
      for (size_t d = 0; d < width; ++d) {
        if (x[d] == y[d]) gain += f.count_p[size_t(x[d])] == 1 && f.count_g[size_t(x[d])] == 1 ? f.units[d] : 0;
        else gain -= (f.count_g[size_t(x[d])] ? f.units[d] : 0) + (f.count_p[size_t(y[d])] ? f.units[d] : 0);
      }
      if (gain > 0) return a;
    }
    return -1;
  }

  // -- items of any shape --

  // The same pairs as by weighing any two items, of which only those are weighed that a bound would pair.
  //
  // Two items share at most as many leaves of a field and value, and of a field, as the one that has fewer, so
  // what those are worth bounds what the items are worth. A pairing that is best by worths and bounds, and whose
  // pairs were all weighed, is best: every other sum is at most what its bounds say.
  Gain pair_bounded(Frame& f) {
    i32 n = i32(f.rest_p.size()), m = i32(f.rest_g.size()), square = std::max(n, m);
    bound(f);
    note_contents(f, f.rest_p, f.rest_g);
    f.exact.assign(size_t(n) * size_t(m), 0);
    f.chosen.clear();
    with_solver(f, n, m, [&](auto& s, auto rank) {
      using Number = std::decay_t<decltype(s.at(0, 0))>;
      auto cell = [&](i32 a, i32 b) { return size_t(a) * size_t(m) + size_t(b); };
      auto set = [&](i32 a, i32 b) {
        const Gain& gain = f.gains[cell(a, b)];
        s.at(a, b) = gain.positive() ? rank(gain, a, b) : Number{};
      };
      auto weigh_pair = [&](i32 a, i32 b) {
        Gain worth = useful(f.preds[size_t(f.rest_p[size_t(a)])], f.golds[size_t(f.rest_g[size_t(b)])]);
        f.exact[cell(a, b)] = 1;
        bool fell = worth < f.gains[cell(a, b)];
        f.gains[cell(a, b)] = worth;
        if (fell) set(a, b);
        return fell;
      };
      // As many rows as columns, so that each has a partner, and letting pairs go leaves the prices as good.
      s.begin(square, square);
      for (i32 a = 0; a < n; ++a)
        for (i32 b = 0; b < m; ++b) {
          set(a, b);
          f.exact[cell(a, b)] = !f.gains[cell(a, b)].positive();
        }
      s.start();
      i64 weighed = 0;
      for (bool more = true; more;) {
        s.finish();
        more = false;
        if (8 * weighed > i64(n) * m) {  // the bounds tell too little
          for (i32 a = 0; a < n; ++a)
            for (i32 b = 0; b < m; ++b)
              if (!f.exact[cell(a, b)]) weigh_pair(a, b);
          s.solve();
          break;
        }
        for (i32 a = 0; a < n; ++a) {
          i32 b = s.column_of[size_t(a)];
          if (b >= m || f.exact[cell(a, b)]) continue;
          ++weighed;
          if (!weigh_pair(a, b)) continue;
          s.row_of[size_t(b)] = s.column_of[size_t(a)] = -1;
          more = true;
        }
      }
      for (i32 a = 0; a < n; ++a)
        if (s.column_of[size_t(a)] < m) f.chosen.push_back({a, s.column_of[size_t(a)]});
    });
    return take_chosen(f, f.rest_p, f.rest_g);
  }
  template <class Each>
  static void each_leaf(const Tree& t, i32 at, Each each) {
    for (i32 k = at, end = t.end(at); k < end; ++k)
      if (t.scalar(k) && t[k].like != BLANK) each(t[k]);
  }
  // Writes bounds of the worths of all pairs to `f.gains`.
  void bound(Frame& f) {
    i32 m = i32(f.rest_g.size());
    size_t most = 1;
    for (i32 j : f.rest_g) most += 2 * size_t(g_.leaves(f.golds[size_t(j)]));
    f.begin_ids(most);
    f.postings.clear();
    f.head.assign(most + 1, -1);
    f.worth.assign(most + 1, Gain{});
    auto post = [&](u64 key, i32 b, const Gain& worth) {
      size_t id = size_t(f.id_of(key));
      f.worth[id] = worth;
      i32 first = f.head[id];
      if (first >= 0 && f.postings[size_t(first)].item == b) ++f.postings[size_t(first)].n;
      else {
        f.head[id] = i32(f.postings.size());
        f.postings.push_back({b, 1, first});
      }
    };
    for (i32 b = 0; b < m; ++b)
      each_leaf(g_, f.golds[size_t(f.rest_g[size_t(b)])], [&](const Node& leaf) {
        Gain right = prices_.right(book_.facts(leaf.field)), wrong = prices_.wrong(book_.facts(leaf.field));
        post(Frame::key(leaf.names, leaf.like), b, Gain{right.credit - wrong.credit, right.rest - wrong.rest});
        post(Frame::key(leaf.names, BLANK), b, wrong);
      });
    f.counts.assign(size_t(f.n_ids) + 1, 0);
    f.gains.assign(f.rest_p.size() * size_t(m), Gain{});
    for (size_t a = 0; a < f.rest_p.size(); ++a) {
      f.touched.clear();
      each_leaf(p_, f.preds[size_t(f.rest_p[a])], [&](const Node& leaf) {
        for (u64 key : {Frame::key(leaf.names, leaf.like), Frame::key(leaf.names, BLANK)}) {
          i32 id = f.known_id(key);
          if (id && !f.counts[size_t(id)]++) f.touched.push_back(id);
        }
      });
      for (i32 id : f.touched) {
        i64 count = f.counts[size_t(id)];
        f.counts[size_t(id)] = 0;
        for (i32 k = f.head[size_t(id)]; k >= 0; k = f.postings[size_t(k)].next) {
          const Frame::Posting& posting = f.postings[size_t(k)];
          i64 shared = std::min(count, i64(posting.n));
          f.gains[a * size_t(m) + size_t(posting.item)] += Gain{shared * f.worth[size_t(id)].credit, shared * f.worth[size_t(id)].rest};
        }
      }
    }
  }

  // -- outcomes --

  void put(What what, i32 p, i32 g, i32 field, i64 credit = 0) {
    space_.outcomes.push_back(Outcome{p, g, field, std::int16_t(credit), what});
  }
  // `_definition.only_gold`; `blanks` of objects only, as lists have no items that a blank would stand for.
  void only_gold(i32 at, bool blanks = false) {
    for (i32 k = at, end = g_.end(at); k < end;) {
      if (g_.is_list(k) && blanks) {
        only_gold(k);
        k = g_.end(k);
        continue;
      }
      if (g_.scalar(k) && (blanks || g_[k].like != BLANK))
        put(g_[k].like != BLANK ? What::MISSING : What::AGREED_BLANK, -1, k, g_[k].field);
      ++k;
    }
  }
  // `_definition.only_pred`; `field`: of a scalar, which may stand for an item of a list.
  void only_pred(i32 at, What what, i32 field) {
    if (p_.scalar(at)) {
      if (p_[at].like != BLANK) put(what, at, -1, field);
      return;
    }
    for (i32 k = at, end = p_.end(at); k < end; ++k)
      if (p_.scalar(k) && p_[k].like != BLANK) put(what, k, -1, p_[k].field);
  }
  // `Aligner.walk`; `field`: the predicted value's, as it is met.
  void walk(i32 p, i32 g, i32 field) {
    bool scalar_p = p_.scalar(p), scalar_g = g_.scalar(g);
    if (scalar_p && scalar_g) return walk_scalars(p, g, g_[g].field);
    if (blank(g)) return only_pred(p, What::FILLED_BLANK, field);
    if (p_.is_list(p) || g_.is_list(g)) return walk_lists(p, g);
    if (scalar_p || scalar_g) {
      only_gold(g);
      return only_pred(p, What::INVENTED_FIELD, field);
    }
    const Box &P = p_.box(p), &G = g_.box(g);
    const i32 *x = p_.kids(P), *x_end = x + P.n, *y = g_.kids(G), *y_end = y + G.n;
    while (x < x_end || y < y_end) {
      i32 in_p = x < x_end ? p_[*x].names : std::numeric_limits<i32>::max();
      i32 in_g = y < y_end ? g_[*y].names : std::numeric_limits<i32>::max();
      if (in_p == in_g) walk(*x, *y, p_[*x].field), ++x, ++y;
      else if (in_p < in_g) only_pred(*x, What::INVENTED_FIELD, p_[*x].field), ++x;
      else only_gold(*y++, wishes_.blanks);
    }
  }
  // `Aligner.scalar`
  void walk_scalars(i32 p, i32 g, i32 field) {
    if (p_[p].like == BLANK || g_[g].like == BLANK) {
      if (p_[p].like != BLANK) put(What::FILLED_BLANK, p, g, field);
      else if (g_[g].like != BLANK) put(What::MISSING, p, g, field);
      else if (wishes_.blanks) put(What::AGREED_BLANK, p, g, field);
      return;
    }
    i64 earned = credit(p, g);
    if (earned == prices_.scale) put(What::CORRECT, p, g, field);
    else put(What::WRONG, p, g, field, earned);
  }
  // `Aligner.walk_lists`
  void walk_lists(i32 p, i32 g) {
    Enter enter(*this);
    Frame& f = enter.frame;
    if (p_.is_list(p) && g_.scalar(g) && has_rivals(p, g)) return walk_rivals(f, p, g);
    pair_lists(f, p, g);
    // What is no list is met as an item of the gold's list.
    auto field_of = [&](size_t i) { return p_.is_list(p) ? p_[f.preds[i]].field : g_.box(g).inner; };
    f.partner.assign(f.golds.size(), -1);
    for (const Pair& q : f.near) f.partner[size_t(q.g)] = q.p;
    for (const Pair& q : f.equal) {
      if (wishes_.whole) put(What::ALL_CORRECT, f.preds[size_t(q.p)], f.golds[size_t(q.g)], g_[f.golds[size_t(q.g)]].field);
      else f.partner[size_t(q.g)] = q.p;
    }
    for (size_t j = 0; j < f.golds.size(); ++j) {
      if (f.partner[j] >= 0) walk(f.preds[size_t(f.partner[j])], f.golds[j], field_of(size_t(f.partner[j])));
      else if (!wishes_.whole || !f.taken_g[j]) only_gold(f.golds[j]);
    }
    for (size_t i = 0; i < f.preds.size(); ++i)
      if (!f.taken_p[i]) only_pred(f.preds[i], What::INVENTED_ITEM, field_of(i));
  }
  // `Aligner.rivals`: several values for one; that of the smallest content is wrong, the others are invented.
  void walk_rivals(Frame& f, i32 p, i32 g) {
    spread(p_, p, f.preds);
    i32 wrong = -1;
    for (i32 k : f.preds)
      if (p_.scalar(k) && p_[k].like != BLANK && (wrong < 0 || content_p(k) < content_p(wrong))) wrong = k;
    put(What::WRONG, wrong, g, g_[g].field);
    for (i32 k : f.preds)
      if (k != wrong) only_pred(k, What::INVENTED_ITEM, p_[k].field);
  }

  // -- pools: all leaves under the same member names are the items of one list; see `_pool` --

  // The scalars and empty containers of a tree, which are blank ones, by their names, in document order.
  struct Pools {
    vector<i32> group_of;  // names -> group, or -1
    vector<vector<i32>> groups;
    Pools(const Tree& t, size_t names) : group_of(names, -1) {
      for (i32 k = 0; k < t.size(); ++k) {
        if (!t.scalar(k) && t.box(k).n) continue;
        i32& group = group_of[size_t(t[k].names)];
        if (group < 0) {
          group = i32(groups.size());
          groups.emplace_back();
        }
        groups[size_t(group)].push_back(k);
      }
    }
  };
  // A field of the first name among those of some nodes, to which all of them are counted. Asks Python.
  i32 first_field(const Tree& t, const vector<i32>& nodes) const {
    i32 first = t[nodes[0]].field;
    for (i32 k : nodes) {
      i32 field = t[k].field;
      if (field == first) continue;
      if (PyUnicode_Compare(book_.field(field).name.get(), book_.field(first).name.get()) < 0) first = field;
    }
    return first;
  }
  void align_pools() {
    Pools p(p_, book_.names()), g(g_, book_.names());
    vector<u8> has_leaf(g.groups.size(), 0), inner(book_.names(), 0);
    for (size_t n = 0; n < g.groups.size(); ++n) {
      const vector<i32>& golds = g.groups[n];
      for (i32 k : golds) has_leaf[n] |= g_[k].like != BLANK;
      for (i32 names = book_.above(g_[golds[0]].names); names >= 0; names = book_.above(names)) inner[size_t(names)] = 1;
    }
    for (size_t n = 0; n < g.groups.size(); ++n) {
      i32 group = p.group_of[size_t(g_[g.groups[n][0]].names)];
      Enter enter(*this);
      enter.frame.golds = g.groups[n];
      if (group >= 0) enter.frame.preds = p.groups[size_t(group)];
      else enter.frame.preds.clear();
      walk_pool(enter.frame, has_leaf[n]);
    }
    for (const vector<i32>& preds : p.groups) {
      i32 names = p_[preds[0]].names;
      if (g.group_of[size_t(names)] >= 0) continue;
      What what = What::INVENTED_FIELD;  // unless the gold has a blank where the names begin
      for (names = book_.above(names); names >= 0; names = book_.above(names)) {
        i32 group = g.group_of[size_t(names)];
        if (group < 0) continue;
        if (!has_leaf[size_t(group)] && !inner[size_t(names)]) what = What::FILLED_BLANK;
        break;
      }
      i32 field = first_field(p_, preds);
      for (i32 k : preds)
        if (p_[k].like != BLANK) put(what, k, -1, field);
    }
  }
  void walk_pool(Frame& f, bool has_leaf) {
    i32 field = first_field(g_, f.golds);
    pair_equal(f);
    if (!f.rest_p.empty() && !f.rest_g.empty() && !hopeless(f)) best(f, false, -1);
    pair_leftover(f);
    for (const Pair& q : f.equal) put(What::CORRECT, f.preds[size_t(q.p)], f.golds[size_t(q.g)], field);
    for (const Pair& q : f.near) walk_scalars(f.preds[size_t(q.p)], f.golds[size_t(q.g)], field);
    for (size_t j = 0; j < f.golds.size(); ++j)
      if (!f.taken_g[j] && g_[f.golds[j]].like != BLANK) put(What::MISSING, -1, f.golds[j], field);
    What what = has_leaf ? What::INVENTED_ITEM : What::INVENTED_FIELD;
    for (size_t i = 0; i < f.preds.size(); ++i)
      if (!f.taken_p[i] && p_[f.preds[i]].like != BLANK) put(what, f.preds[i], -1, field);
  }

  static constexpr size_t FEW_PAIRS = 100;  // up to so many it takes less time to weigh them all
  static constexpr i64 FEW_LEAVES = 64;     // up to so many pairs of leaves by pair of items, too

  Book& book_;
  const Tree &p_, &g_;
  Prices prices_;
  i64 leaves_, max_work_;
  Wishes wishes_;
  bool plain_;  // only equal forms earn, and no kind of hallucination costs more than another
  Space& space_;
  size_t depth_ = 0;
};

}  // namespace medvie
