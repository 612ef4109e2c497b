// A JSON value -> a tree of whole numbers, of which everything behind works without Python.
//
// Nodes stand in document order, a container before what it holds, so that a value's nodes are one run of them.
// Containers have a box besides. Each container gets a number too: two values hold equal leaves in equal places
// (blanks left out, items in any order) where their numbers are equal. The gold hands those numbers out; what is
// like nothing in the gold gets none of its own.
#pragma once

#include <algorithm>
#include <cmath>

#include "book.h"

namespace medvie {

enum class Kind : u8 { SCALAR, OBJECT, LIST };

struct Node {
  PyObject* raw;  // owned by the tree
  i32 field, names;
  i32 like;       // of a scalar its class; of a container 0: no leaf, -1: like none of the gold's, else below -1
  i32 box;        // below 0: a scalar; below -1: one that accepts several values
};

constexpr i32 BLANK = Book::BLANK, UNLIKE = -1;

struct Box {
  i32 end = 0;          // behind its last node
  i32 kid = 0, n = 0;   // its children in `Tree::kids_`: an object's by names, a list's as they stand
  i32 leaves = 0, critical = 0;
  i32 widest = 0;       // the largest number of items of a list in it, itself included
  i32 inner = -1;       // of a list: the field of its items
  i64 units = 0;
  Kind kind = Kind::OBJECT;
  bool flat = false;    // an object of scalars only; a list of such objects only
  bool ordered = false; // a list whose items pair by their positions
  mutable u64 content = 0;  // once somebody asked; see `Tree::contents`
};

class Tree {
 public:
  Tree() = default;
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() { clear(); }
  // Forgets the value, and keeps the room. Dropping a reference may run any code, so it is done last.
  void clear() {
    vector<Node> old;
    old.swap(nodes_);
    kids_.clear();
    boxes_.clear();
    accepted_.clear();
    noted_ = false;
    for (Node& n : old) Py_DECREF(n.raw);
    old.clear();
    if (nodes_.capacity() == 0) nodes_.swap(old);
  }
  const Node& operator[](i32 i) const { return nodes_[size_t(i)]; }
  i32 size() const { return i32(nodes_.size()); }
  bool scalar(i32 i) const { return (*this)[i].box < 0; }
  bool several(i32 i) const { return (*this)[i].box < -1; }
  bool any_several() const { return !accepted_.empty(); }
  // The classes that a scalar accepts which accepts several, its own first.
  const vector<i32>& accepted(i32 i) const { return accepted_[size_t(-2 - (*this)[i].box)]; }
  const Box& box(i32 i) const { return boxes_[size_t((*this)[i].box)]; }
  Kind kind(i32 i) const { return scalar(i) ? Kind::SCALAR : box(i).kind; }
  bool is_list(i32 i) const { return kind(i) == Kind::LIST; }
  i32 end(i32 i) const { return scalar(i) ? i + 1 : box(i).end; }
  i32 leaves(i32 i) const { return scalar(i) ? (*this)[i].like != BLANK : box(i).leaves; }
  i32 widest(i32 i) const { return scalar(i) ? 0 : box(i).widest; }
  const i32* kids(const Box& b) const { return kids_.data() + b.kid; }

  // A number of all that a value holds, blanks too; the order of members and items changes nothing, but for items
  // that pair by their positions.
  u64 content(const Book& book, i32 at) const {
    if (scalar(at)) {
      i32 cls = (*this)[at].like;
      if (cls == BLANK) return mum(77 ^ M2, SEED);
      u64 number = book.hash(cls);
      if (several(at) && accepted(at).size() > 1) {
        u64 sum = 0;
        for (i32 form : accepted(at)) sum += mum(book.hash(form) ^ SEED, M2);
        number ^= sum;
      }
      return mum(mum(number ^ M1, SEED) ^ M2, SEED);
    }
    const Box& b = box(at);
    if (b.content) return b.content;
    u64 h = b.kind == Kind::LIST ? 0x1234567 : 0x7654321;
    const i32* kid = kids(b);
    for (i32 i = 0; i < b.n; ++i) {
      u64 salt = b.kind == Kind::OBJECT ? book.salt((*this)[kid[i]].names) : b.ordered ? 5 + 8 * (u64(i) + 1) : 5;
      h += mum(content(book, kid[i]) ^ salt, M1);
    }
    return b.content = mum(h ^ M2, M1);
  }
  // Notes the contents of all containers, after which `content` only reads: threads may share the tree then.
  void note_contents(const Book& book) const {
    if (noted_) return;
    for (i32 i = size(); i-- > 0;)
      if (!scalar(i)) content(book, i);
    noted_ = true;
  }

 private:
  friend class Encoder;
  vector<Node> nodes_;
  vector<Box> boxes_;
  vector<i32> kids_;
  vector<vector<i32>> accepted_;
  mutable bool noted_ = false;
};

// The numbers of the gold's containers, by what they hold.
struct Likes {
  Table table;
  i32 n = 0;
  explicit Likes(u64 seed) : table(seed) {}
};

class Encoder {
 public:
  // More nodes than a document within any spec's limits has; with no more, every count of leaves, and the work
  // of pairing them (at most their third power), fits into 63 bits.
  static constexpr i32 MOST_NODES = 1 << 20;

  // `gold`: the tree hands out the numbers of containers. `accepting`: its leaves may accept several values.
  Encoder(Book& book, PyObject* fields, Tree& tree, Likes& likes, bool gold, bool accepting, i64 max_depth)
      : book_(book), fields_(fields), tree_(tree), likes_(likes), gold_(gold), accepting_(accepting), max_depth_(max_depth) {}

  // What was read: members of objects, texts among the values, and whether some number may have been rounded as it
  // was decoded.
  i64 members = 0, texts = 0;
  bool rounded = false;

  Fail encode(PyObject* x) {
    i32 at;
    Facts facts = book_.facts(0);
    return value(x, 0, facts, 0, at);
  }

 private:
  Fail push(PyObject* x, i32 field, i32 names, i32 like, i32 box, i32& at) {
    if (tree_.size() >= MOST_NODES) return Fail::ODD;
    at = tree_.size();
    Py_INCREF(x);
    tree_.nodes_.push_back(Node{x, field, names, like, box});
    return Fail::NONE;
  }
  Fail open(PyObject* x, i32 field, Kind kind, int depth, i32& at) {
    if (depth >= max_depth_) return Fail::ODD;
    Fail fail = push(x, field, book_.facts(field).names, BLANK, i32(tree_.boxes_.size()), at);
    if (fail != Fail::NONE) return fail;
    Box box;
    box.kind = kind;
    tree_.boxes_.push_back(box);
    return Fail::NONE;
  }
  Fail value(PyObject* x, i32 field, const Facts& facts, int depth, i32& at) {
    if (PyDict_CheckExact(x)) {
      if (accepting_ && PyDict_Size(x) == 1)
        if (PyObject* accepted = accepted_values(x)) return several(accepted, field, facts, at);
      return object(x, field, depth, at);
    }
    if (PyList_CheckExact(x)) return list(x, field, depth, at);
    if (PyUnicode_CheckExact(x)) ++texts;
    else if (PyFloat_CheckExact(x)) rounded |= !(std::fabs(PyFloat_AsDouble(x)) < 9223372036854775808.0);
    i32 names = facts.names, cls;
    if (Fail fail = book_.scalar(facts.form, x, cls); fail != Fail::NONE) return fail;
    return push(x, field, names, cls, -1, at);
  }
  Fail object(PyObject* x, i32 field, int depth, i32& at) {
    if (Fail fail = open(x, field, Kind::OBJECT, depth, at); fail != Fail::NONE) return fail;
    size_t base = open_.size();
    Py_ssize_t next = 0;
    PyObject *key, *item;
    u32 guess = 0;
    i32 last = -1;
    bool sorted = true, flat = true;
    while (PyDict_Next(x, &next, &key, &item)) {
      if (!PyUnicode_CheckExact(key)) return Fail::ODD;
      Ref held = Ref::copy(item);  // Python code may change the object meanwhile
      i32 inner, kid;
      Facts facts;
      if (Fail fail = book_.member(fields_, field, key, guess, inner, facts); fail != Fail::NONE) return fail;
      if (Fail fail = value(item, inner, facts, depth + 1, kid); fail != Fail::NONE) return fail;
      open_.push_back(kid);
      flat &= tree_[kid].box == -1 && facts.credit < 0;
      sorted &= tree_[kid].names > last;
      last = tree_[kid].names;
    }
    members += i64(open_.size() - base);
    auto by_names = [&](i32 a, i32 b) { return tree_[a].names < tree_[b].names; };
    if (!sorted) {
      std::sort(open_.begin() + i64(base), open_.end(), by_names);
      // Only an object that was changed while it was read has a name twice.
      for (size_t i = base + 1; i < open_.size(); ++i)
        if (!by_names(open_[i - 1], open_[i])) return Fail::ODD;
    }
    key_.clear();
    key_.push_back(i32(Kind::OBJECT));
    bool known = close(at, base, [&](const Node& kid, size_t) { key_.push_back(kid.names); });
    tree_.boxes_[size_t(tree_[at].box)].flat = flat;
    name(at, known);
    return Fail::NONE;
  }
  Fail list(PyObject* x, i32 field, int depth, i32& at) {
    if (Fail fail = open(x, field, Kind::LIST, depth, at); fail != Fail::NONE) return fail;
    i32 inner;
    if (Fail fail = book_.items(fields_, field, inner); fail != Fail::NONE) return fail;
    Facts facts = book_.facts(inner);
    size_t base = open_.size();
    bool flat = true;
    for (Py_ssize_t i = 0; i < PyList_Size(x); ++i) {
      Ref held = Ref::copy(PyList_GetItem(x, i));
      i32 kid;
      if (Fail fail = value(held.get(), inner, facts, depth + 1, kid); fail != Fail::NONE) return fail;
      open_.push_back(kid);
      bool is_scalar = tree_.scalar(kid);
      flat &= !is_scalar && tree_.box(kid).kind == Kind::OBJECT && tree_.box(kid).flat;
    }
    key_.clear();
    // Items that pair by their positions are told apart by these, too; the others are a bag.
    bool ordered = book_.facts(field).mode == Mode::INDEX;
    key_.push_back(ordered ? ORDERED : i32(Kind::LIST));
    bool known = close(at, base, [&](const Node&, size_t i) {
      if (ordered) key_.push_back(i32(i));
    });
    if (known && !ordered) std::sort(key_.begin() + 1, key_.end());
    Box& box = tree_.boxes_[size_t(tree_[at].box)];
    box.ordered = ordered;
    box.inner = inner;
    box.flat = flat;
    box.widest = std::max(box.widest, box.n);
    name(at, known);
    return Fail::NONE;
  }
  // The list of a gold object's only member, where that says that a leaf accepts several values; else null.
  static PyObject* accepted_values(PyObject* x) {
    Py_ssize_t next = 0;
    PyObject *key, *item;
    bool found = PyDict_Next(x, &next, &key, &item) && PyUnicode_CheckExact(key) && PyList_CheckExact(item) &&
                 PyUnicode_CompareWithASCIIString(key, "$any") == 0;
    return found ? item : nullptr;
  }
  // `_definition.encode_several`: one leaf, by the first value that is not blank.
  Fail several(PyObject* values, i32 field, const Facts& facts, i32& at) {
    Ref held = Ref::copy(values), first = Ref::copy(Py_None);
    vector<i32> classes;
    for (Py_ssize_t i = 0; i < PyList_Size(values); ++i) {
      Ref item = Ref::copy(PyList_GetItem(values, i));
      i32 cls;
      if (Fail fail = book_.scalar(facts.form, item.get(), cls); fail != Fail::NONE) return fail;
      if (cls == BLANK || std::find(classes.begin(), classes.end(), cls) != classes.end()) continue;
      if (classes.empty()) first = std::move(item);
      classes.push_back(cls);
      if (classes.size() > MOST_ACCEPTED) return Fail::ODD;
    }
    i32 like = classes.empty() ? BLANK : classes[0];
    tree_.accepted_.push_back(std::move(classes));
    return push(first.get(), field, facts.names, like, -1 - i32(tree_.accepted_.size()), at);
  }
  // Takes the children that were met, from a position on, into a container, and writes what tells it from
  // others to `key_`. Gives whether all of them are like something in the gold.
  template <class Each>
  bool close(i32 at, size_t base, Each before) {
    Box& box = tree_.boxes_[size_t(tree_[at].box)];
    box.kid = i32(tree_.kids_.size());
    box.n = i32(open_.size() - base);
    box.end = tree_.size();
    tree_.kids_.insert(tree_.kids_.end(), open_.begin() + i64(base), open_.end());
    bool known = true;
    for (size_t i = base; i < open_.size(); ++i) {
      const Node& kid = tree_[open_[i]];
      if (kid.box >= 0) {
        const Box& inner = tree_.boxes_[size_t(kid.box)];
        box.leaves += inner.leaves;
        box.units += inner.units;
        box.critical += inner.critical;
        box.widest = std::max(box.widest, inner.widest);
      } else if (kid.like != BLANK) {
        const Facts& facts = book_.facts(kid.field);
        ++box.leaves;
        box.units += facts.units;
        box.critical += facts.critical;
      }
      if (kid.like == BLANK) continue;
      before(kid, i - base);
      key_.push_back(kid.like);
      known &= kid.like != UNLIKE;
    }
    open_.resize(base);
    return known;
  }
  void name(i32 at, bool known) {
    Node& node = tree_.nodes_[size_t(at)];
    if (!tree_.box(at).leaves) return;
    node.like = UNLIKE;
    if (!known) return;
    Bytes key{reinterpret_cast<const char*>(key_.data()), key_.size() * sizeof(i32), 0};
    u64 h = likes_.table.hash(key);
    Table::Entry* e = likes_.table.find(key, h);
    if (e->at) node.like = e->value;
    else if (gold_) {
      node.like = UNLIKE - ++likes_.n;
      likes_.table.add(key, h, node.like);
    }
  }

  Book& book_;
  PyObject* fields_;  // borrowed from the gold document
  Tree& tree_;
  Likes& likes_;
  bool gold_, accepting_;
  static constexpr i32 ORDERED = -1;  // begins the key of a list whose items pair by position; no `Kind`
  static constexpr size_t MOST_ACCEPTED = 1000;  // each is compared with each
  i64 max_depth_;
  vector<i32> open_, key_;  // children of containers that are not yet closed; what tells a container from others
};

}  // namespace medvie
