// The alignment's fast engine: encode -> align -> count. The definition is `_definition.py`, which gives the same
// numbers and serves wherever this one is not built or answers None.
//
// bytes.h   texts as numbers, and tables of them      book.h    raw scalar -> class, field by field
// tree.h    a JSON value as whole numbers             align.h   two trees -> what became of every leaf
// solver.h  one assignment                            count.h   outcomes -> counts
// completion.h  a completion's text -> its JSON
// Here: what Python sees. Every function answers None where a document is not for the kernel.
#include "kernel/completion.h"
#include "kernel/count.h"

#include <cstdio>
#include <new>
#include <stdexcept>

namespace medvie {
namespace {

// What outlives a book: the book that documents of some fields are read with now.
struct Shelf {
  Ref scalar_text, unicode_text, lists;
  u64 seed = 0;
  std::shared_ptr<Book> book;
  std::unique_ptr<Space> spare;

  // A book that is not full. Null with an exception, or where a field is not for the kernel.
  std::shared_ptr<Book> current(PyObject* fields, Fail& fail) {
    fail = Fail::NONE;
    if (book && !book->full()) return book;
    auto made = std::make_shared<Book>(scalar_text.get(), unicode_text.get(), lists.get(), seed);
    fail = made->begin(fields);
    if (fail != Fail::NONE) return nullptr;
    return book = made;
  }
};

// The working space of one call. A call that comes while another runs makes its own.
class Borrowed {
 public:
  explicit Borrowed(Shelf& shelf) : shelf_(shelf), space_(std::move(shelf.spare)) {
    if (!space_) space_.reset(new Space);
  }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  ~Borrowed() {
    for (const auto& frame : space_->frames)
      if (frame->gains.capacity() > MOST_GAINS) {
        frame->gains = vector<Gain>();
        frame->drop_solvers();
      }
    bool keep = space_->tree.size() < MOST_KEPT && space_->chains.size() < size_t(4) * Book::MOST_TEXTS;
    space_->tree.clear();
    if (keep) shelf_.spare = std::move(space_);
  }
  Space& operator*() { return *space_; }

 private:
  static constexpr i32 MOST_KEPT = 1 << 15;
  static constexpr size_t MOST_GAINS = size_t(1) << 18;
  Shelf& shelf_;
  std::unique_ptr<Space> space_;
};

// A gold document in terms of one book.
struct Encoded {
  std::shared_ptr<Book> book;
  Likes likes;
  Tree tree;
  explicit Encoded(std::shared_ptr<Book> b, u64 seed) : book(std::move(b)), likes(seed) {}
};

struct Totals {
  i64 leaves = 0, units = 0, critical = 0;
};
Totals totals(const Book& book, const Tree& t) {
  if (!t.scalar(0)) return Totals{t.box(0).leaves, t.box(0).units, t.box(0).critical};
  const Facts& facts = book.facts(t[0].field);
  return t[0].like != BLANK ? Totals{1, facts.units, facts.critical} : Totals{};
}

// The numbers of a spec that the alignment needs.
struct Numbers {
  long long filled = 0, field = 0, item = 0, wrong = 0;  // costs over their greatest common divisor
  long long square = 0, factor = 1;                      // of F-beta; see `_prices`
  long long cost_filled = 0, cost_field = 0, cost_item = 0;
  long long max_work = 0, max_depth = 0;
  long long bag = 0;  // whether leaves are pooled by member names
};

struct Gold {
  Ref shelf_ref, fields, value;
  Shelf* shelf = nullptr;
  Numbers numbers;
  std::shared_ptr<Encoded> encoded;

  // The document in terms of a book that is not full. Null with an exception, or where it is not for the kernel.
  std::shared_ptr<Encoded> now(Fail& fail) {
    fail = Fail::NONE;
    if (encoded && !encoded->book->full()) return encoded;
    auto book = shelf->current(fields.get(), fail);
    if (!book) return nullptr;
    auto made = std::make_shared<Encoded>(book, shelf->seed);
    fail = Encoder(*book, fields.get(), made->tree, made->likes, true, !numbers.bag, numbers.max_depth).encode(value.get());
    if (fail != Fail::NONE) return nullptr;
    return encoded = made;
  }
};

// Whole numbers that are not negative, and whether they still fit.
struct Checked {
  u64 value;
  bool fits = true;
  static constexpr u64 MOST = u64(1) << 60;
  friend Checked operator*(const Checked& a, const Checked& b) {
    Product r = multiply(a.value, b.value);
    return Checked{r.low, a.fits && b.fits && !r.high && r.low <= MOST};
  }
  friend Checked operator+(const Checked& a, const Checked& b) {
    return Checked{a.value + b.value, a.fits && b.fits && a.value + b.value <= MOST};
  }
};
Checked checked(i64 x) { return Checked{u64(x), x >= 0 && u64(x) <= Checked::MOST}; }

// `_prices.Prices`. False where some sum of worths might not fit.
bool prices_of(const Numbers& s, const Totals& gold, const Totals& pred, Prices& out) {
  Checked many = checked(gold.leaves + 1), units = checked(gold.units), pred_units = checked(pred.units);
  bool charged = s.wrong && gold.critical;
  Checked part = charged ? (checked(s.factor) + checked(s.square)) * checked(gold.critical) * many : many;
  Checked critical{0};
  if (charged) critical = checked(s.wrong) * (checked(s.square) * units + checked(s.factor) * pred_units) * many;
  Checked most = (units + pred_units) * part * checked(std::max({s.filled, s.field, s.item, 1ll})) +
                 checked(gold.critical) * critical + checked(gold.leaves);
  Checked cost = (units + pred_units) * checked(std::max({s.cost_filled, s.cost_field, s.cost_item, 1ll}));
  Checked credit = units * checked(2 * out.scale) + checked(2);
  if (!most.fits || !cost.fits || !credit.fits) return false;
  out.item = i64(part.value) * s.item;
  out.filled = i64(part.value) * (s.item - s.filled);
  out.field = i64(part.value) * (s.item - s.field);
  out.critical = i64(critical.value);
  return true;
}

// One prediction beside a gold document. All members outlive the work without the interpreter's lock.
class Work {
 public:
  Work(Gold& gold, const Wishes& wishes) : space_(*gold.shelf), gold_(gold), wishes_(wishes) {}

  // Encodes and aligns. ODD where it is for the textbook, or where the JSON of an answer was not read whole.
  Fail run(PyObject* value, const Answer* answer = nullptr) {
    Fail fail;
    encoded_ = gold_.now(fail);
    if (!encoded_) return fail;
    Space& space = *space_;
    space.tree.clear();
    Book& book = *encoded_->book;
    Encoder encoder(book, gold_.fields.get(), space.tree, encoded_->likes, false, false, gold_.numbers.max_depth);
    fail = encoder.encode(value);
    if (fail != Fail::NONE) return fail;
    if (answer && (encoder.rounded || !is_whole(*answer, encoder.members, encoder.texts))) return Fail::ODD;
    Totals g = totals(book, encoded_->tree), p = totals(book, space.tree);
    Prices prices;
    prices.scale = book.grades() ? Book::FULL_CREDIT : 1;
    if (!prices_of(gold_.numbers, g, p, prices)) return Fail::ODD;
    bool large = encoded_->tree.size() + space.tree.size() > LARGE && !book.grades() && !gold_.numbers.bag;  // those ask Python
    if (large) encoded_->tree.note_contents(book);
    space.begin(book, size_t(encoded_->likes.n));
    Aligner aligner(book, space.tree, encoded_->tree, prices, g.leaves + p.leaves, gold_.numbers.max_work, wishes_, space);
    try {
      WithoutLock others(large);
      aligner.align();
    } catch (const Stopped& stopped) {
      return stopped.why;
    }
    limited_ = aligner.limited;
    return aligner.refused ? Fail::ODD : Fail::NONE;
  }
  Book& book() { return *encoded_->book; }
  Space& space() { return *space_; }
  const Tree& pred() { return (*space_).tree; }
  const Tree& gold() { return encoded_->tree; }
  vector<Outcome>& outcomes() { return (*space_).outcomes; }
  bool limited() const { return limited_; }

 private:
  // From so many nodes on it pays to let other threads run.
  static constexpr i32 LARGE = 2000;
  Borrowed space_;
  Gold& gold_;
  Wishes wishes_;
  bool limited_ = false;
  std::shared_ptr<Encoded> encoded_;
};

// -- what Python holds ---------------------------------------------------------------------------------

constexpr const char *SHELF = "medvie_reward.alignment._kernel.shelf", *GOLD = "medvie_reward.alignment._kernel.gold";

template <class T>
PyObject* capsule(std::unique_ptr<T> made, const char* name, PyCapsule_Destructor destroy) {
  PyObject* capsule = PyCapsule_New(made.get(), name, destroy);
  if (capsule) made.release();
  return capsule;
}
void destroy_shelf(PyObject* capsule) { delete static_cast<Shelf*>(PyCapsule_GetPointer(capsule, SHELF)); }
void destroy_gold(PyObject* capsule) { delete static_cast<Gold*>(PyCapsule_GetPointer(capsule, GOLD)); }
Gold* gold_of(PyObject* capsule) { return static_cast<Gold*>(PyCapsule_GetPointer(capsule, GOLD)); }

PyObject* answer(Fail fail) {
  if (fail != Fail::ODD) return nullptr;
  PyErr_Clear();
  Py_RETURN_NONE;
}
// Calls what may run out of memory, from a function that Python calls.
template <class Call>
PyObject* guarded(Call call) {
  try {
    return call();
  } catch (const std::bad_alloc&) {
    return PyErr_NoMemory();
  } catch (const std::length_error&) {
    return PyErr_NoMemory();
  }
}

// A number that differs from process to process as Python's own hashes do.
bool seed_of_process(u64& seed) {
  Ref text(PyUnicode_FromString("medvie_reward"));
  Py_hash_t hash = text ? PyObject_Hash(text.get()) : -1;
  seed = mum(u64(hash) ^ M1, SEED) | 1;
  return hash != -1;
}

PyObject* py_shelf(PyObject*, PyObject* args) {
  PyObject *scalar_text, *unicode_text, *lists;
  if (!PyArg_ParseTuple(args, "OOO", &scalar_text, &unicode_text, &lists)) return nullptr;
  return guarded([&]() -> PyObject* {
    auto shelf = std::make_unique<Shelf>();
    if (!seed_of_process(shelf->seed)) return nullptr;
    shelf->scalar_text = Ref::copy(scalar_text);
    shelf->unicode_text = Ref::copy(unicode_text);
    shelf->lists = Ref::copy(lists);
    return capsule(std::move(shelf), SHELF, destroy_shelf);
  });
}

PyObject* py_gold(PyObject*, PyObject* args) {
  PyObject *shelf, *fields, *value;
  Numbers n;
  if (!PyArg_ParseTuple(args, "OOO(LLLLLLLLLLLL)", &shelf, &fields, &value, &n.filled, &n.field, &n.item, &n.wrong, &n.square,
                        &n.factor, &n.cost_filled, &n.cost_field, &n.cost_item, &n.max_work, &n.max_depth, &n.bag))
    return nullptr;
  for (long long x : {n.filled, n.field, n.item, n.wrong, n.square, n.factor, n.cost_filled, n.cost_field, n.cost_item,
                      n.max_work, n.max_depth, n.bag})
    if (x < 0 || x > 1ll << 40) {
      PyErr_SetString(PyExc_ValueError, "expected numbers from 0 to 2**40");
      return nullptr;
    }
  return guarded([&]() -> PyObject* {
    auto gold = std::make_unique<Gold>();
    gold->shelf = static_cast<Shelf*>(PyCapsule_GetPointer(shelf, SHELF));
    if (!gold->shelf) return nullptr;
    gold->shelf_ref = Ref::copy(shelf);
    gold->fields = Ref::copy(fields);
    gold->value = Ref::copy(value);
    gold->numbers = n;
    Fail fail;
    if (!gold->now(fail)) return answer(fail);
    return capsule(std::move(gold), GOLD, destroy_gold);
  });
}

PyObject* py_sizes(PyObject*, PyObject* handle) {
  Gold* gold = gold_of(handle);
  if (!gold) return nullptr;
  Totals t = totals(*gold->encoded->book, gold->encoded->tree);
  return Py_BuildValue("(LLL)", (long long)t.leaves, (long long)t.units, (long long)t.critical);
}

// -- counts --------------------------------------------------------------------------------------------

PyObject* tuple_of(const Row& row) {
  Ref made(PyTuple_New(COUNTS));
  for (int i = 0; made && i < COUNTS; ++i) {
    PyObject* x = PyLong_FromLongLong(row[size_t(i)]);
    if (!x || PyTuple_SetItem(made.get(), i, x) < 0) return nullptr;
  }
  return made.release();
}
// The name that users see; the whole document's is "$".
Ref shown_name(const Book& book, i32 field) {
  PyObject* name = book.field(field).name.get();
  return PyUnicode_GetLength(name) ? Ref::copy(name) : Ref(PyUnicode_FromString("$"));
}
// Rows by name: those of the gold in its order, then the others in the order of names.
PyObject* rows_by_name(const Book& book, vector<Counter::FieldRow>& rows) {
  auto name_of = [&](const Counter::FieldRow& x) { return book.field(x.field).name.get(); };
  std::sort(rows.begin(), rows.end(), [&](const Counter::FieldRow& a, const Counter::FieldRow& b) {
    return PyUnicode_Compare(name_of(a), name_of(b)) < 0;
  });
  vector<Counter::FieldRow> sums;
  for (const Counter::FieldRow& x : rows) {
    if (sums.empty() || PyUnicode_Compare(name_of(sums.back()), name_of(x))) {
      sums.push_back(x);
      continue;
    }
    Counter::FieldRow& sum = sums.back();  // two fields of one name
    for (size_t k = 0; k < COUNTS; ++k) sum.row[k] += x.row[k];
    sum.rank = std::min(sum.rank, x.rank);
  }
  auto by_rank = [](const Counter::FieldRow& a, const Counter::FieldRow& b) { return a.rank < b.rank; };
  std::stable_sort(sums.begin(), sums.end(), by_rank);
  Ref made(PyDict_New());
  for (size_t i = 0; made && i < sums.size(); ++i) {
    // Where leaves are pooled, those of one field may be counted to another of the same names.
    if (std::all_of(sums[i].row.begin(), sums[i].row.end(), [](i64 x) { return x == 0; })) continue;
    Ref name = shown_name(book, sums[i].field), tuple(tuple_of(sums[i].row));
    if (!name || !tuple || PyDict_SetItem(made.get(), name.get(), tuple.get()) < 0) return nullptr;
  }
  return made.release();
}

PyObject* py_count(PyObject*, PyObject* const* args, Py_ssize_t n) {
  if (n != 4) {
    PyErr_SetString(PyExc_TypeError, "expected a gold, a value, whether to count by field, and whether blanks, too");
    return nullptr;
  }
  Gold* gold = gold_of(args[0]);
  if (!gold) return nullptr;
  int by_field = PyObject_IsTrue(args[2]), blanks = PyObject_IsTrue(args[3]);
  if (by_field < 0 || blanks < 0) return nullptr;
  return guarded([&]() -> PyObject* {
    Ref handle = Ref::copy(args[0]), value = Ref::copy(args[1]);
    Work work(*gold, Wishes{gold->numbers.bag != 0, true, blanks != 0});
    if (Fail fail = work.run(value.get()); fail != Fail::NONE) return answer(fail);
    const Numbers& s = gold->numbers;
    Counter counter(work.book(), work.space(), work.gold(), {s.cost_filled, s.cost_field, s.cost_item}, by_field, blanks);
    if (Fail fail = counter.count(); fail != Fail::NONE) return answer(fail);
    Ref rows(by_field ? rows_by_name(work.book(), counter.rows()) : tuple_of(counter.rows()[0].row));
    return rows ? Py_BuildValue("(OO)", rows.get(), work.limited() ? Py_True : Py_False) : nullptr;
  });
}

// -- leaves --------------------------------------------------------------------------------------------

// The step to an item of a list, such as [3].
Ref position(i32 i) {
  char text[16];
  return Ref(PyUnicode_FromStringAndSize(text, std::snprintf(text, sizeof text, "[%d]", int(i))));
}
// Writes the path of every node of a tree that is a scalar or an empty container. Most values of a prediction stand
// where the gold has one, too, whose path is then taken instead of another like it.
class Paths {
 public:
  explicit Paths(const Book& book, const Tree& tree, const Paths* known = nullptr)
      : book_(book), t_(tree), known_(known), paths_(static_cast<size_t>(tree.size())) {}
  // False with an exception.
  bool write() {
    Ref empty(PyUnicode_FromString(""));
    return empty && write(0, empty.get(), known_ ? 0 : -1);
  }
  PyObject* operator[](i32 at) const { return paths_[size_t(at)].get(); }

 private:
  // `twin`: the gold's node at the same path, or -1.
  bool write(i32 at, PyObject* here, i32 twin) {
    if (t_.scalar(at) || !t_.box(at).n) {
      paths_[size_t(at)] = PyUnicode_GetLength(here) ? Ref::copy(here) : Ref(PyUnicode_FromString("$"));
      return bool(paths_[size_t(at)]);
    }
    const Box& b = t_.box(at);
    const i32* kids = t_.kids(b);
    const Box* other = twin >= 0 && known_->t_.kind(twin) == b.kind ? &known_->t_.box(twin) : nullptr;
    const i32* others = other ? known_->t_.kids(*other) : nullptr;
    for (i32 i = 0, j = 0; i < b.n; ++i) {
      i32 like = -1;
      if (other && b.kind == Kind::LIST) like = i < other->n ? others[i] : -1;
      else if (other) {
        while (j < other->n && known_->t_[others[j]].names < t_[kids[i]].names) ++j;
        if (j < other->n && known_->t_[others[j]].names == t_[kids[i]].names) like = others[j];
      }
      if (like >= 0 && t_.scalar(kids[i]) && (*known_)[like]) {
        paths_[size_t(kids[i])] = Ref::copy((*known_)[like]);
        continue;
      }
      Ref step = b.kind == Kind::OBJECT ? Ref::copy(book_.field(t_[kids[i]].field).suffix.get()) : position(i);
      Ref next(step ? PyUnicode_Concat(here, step.get()) : nullptr);
      if (!next || !write(kids[i], next.get(), like)) return false;
    }
    return true;
  }
  const Book& book_;
  const Tree& t_;
  const Paths* known_;
  vector<Ref> paths_;
};

// Makes instances of a named tuple, member by member.
class Filler {
 public:
  Filler(PyObject* type, Py_ssize_t n) {
    auto alloc = reinterpret_cast<allocfunc>(PyType_GetSlot(reinterpret_cast<PyTypeObject*>(type), Py_tp_alloc));
    made_ = Ref(alloc(reinterpret_cast<PyTypeObject*>(type), n));
  }
  void add(PyObject* borrowed) {
    if (!made_) return;
    Py_INCREF(borrowed);
    if (PyTuple_SetItem(made_.get(), at_++, borrowed) < 0) made_ = Ref();
  }
  void add(Ref made) {
    if (made) add(made.get());
    else made_ = Ref();
  }
  void add(bool x) { add(x ? Py_True : Py_False); }
  Ref take() { return std::move(made_); }

 private:
  Ref made_;
  Py_ssize_t at_ = 0;
};

struct Words {  // outcomes, kinds and credits as Python has them
  PyObject *outcome[6], *kind[6], *none, *all;
};

constexpr Py_ssize_t LEAF_MEMBERS = 11;

PyObject* list_leaves(Work& work, PyObject* type, const Words& words) {
  const Tree &p = work.pred(), &g = work.gold();
  Book& book = work.book();
  vector<Outcome>& outcomes = work.outcomes();
  vector<Plain> plain;
  if (Fail fail = plain_classes(book, p, g, outcomes, plain); fail != Fail::NONE) return answer(fail);
  vector<i32> not_read = unread(plain);
  // In the order of the gold's leaves, and what the gold lacks in the prediction's.
  vector<std::pair<i64, size_t>> order;
  for (size_t i = 0; i < outcomes.size(); ++i)
    order.push_back({outcomes[i].g >= 0 ? outcomes[i].g : i64(g.size()) + outcomes[i].p, i});
  std::sort(order.begin(), order.end());
  Ref made(PyList_New(Py_ssize_t(outcomes.size())));
  Paths paths_g(book, g), paths_p(book, p, &paths_g);
  if (!made || !paths_g.write() || !paths_p.write()) return nullptr;
  for (size_t k = 0; k < order.size(); ++k) {
    const Outcome& o = outcomes[order[k].second];
    Ref name = shown_name(book, o.field);
    if (!name) return nullptr;
    bool in_g = o.g >= 0, in_p = o.p >= 0;
    Filler leaf(type, LEAF_MEMBERS);
    leaf.add(name.get());
    leaf.add(words.outcome[size_t(o.what)]);
    leaf.add(words.kind[size_t(o.what)]);
    leaf.add(in_g ? paths_g[o.g] : Py_None);
    leaf.add(in_p ? paths_p[o.p] : Py_None);
    leaf.add(in_g ? g[o.g].raw : Py_None);
    leaf.add(in_p ? p[o.p].raw : Py_None);
    leaf.add(is_misplaced(not_read, plain[order[k].second]));
    leaf.add(false);
    leaf.add(book.facts(o.field).critical);
    if (o.credit) leaf.add(Ref(PyFloat_FromDouble(double(o.credit) / double(Book::FULL_CREDIT))));
    else leaf.add(o.what == What::CORRECT ? words.all : words.none);
    Ref done = leaf.take();
    if (!done || PyList_SetItem(made.get(), Py_ssize_t(k), done.release()) < 0) return nullptr;
  }
  return made.release();
}

PyObject* py_leaves(PyObject*, PyObject* args) {
  PyObject *handle, *value, *type;
  Words w;
  if (!PyArg_ParseTuple(args, "OOO!(OOOO)(OOO)(OO)", &handle, &value, &PyType_Type, &type, &w.outcome[0], &w.outcome[1],
                        &w.outcome[2], &w.outcome[3], &w.kind[3], &w.kind[4], &w.kind[5], &w.none, &w.all))
    return nullptr;
  if (!PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(type), &PyTuple_Type)) {
    PyErr_SetString(PyExc_TypeError, "expected a class of tuples");
    return nullptr;
  }
  w.outcome[4] = w.outcome[5] = w.outcome[3];
  w.kind[0] = w.kind[1] = w.kind[2] = Py_None;
  Gold* gold = gold_of(handle);
  if (!gold) return nullptr;
  return guarded([&]() -> PyObject* {
    Work work(*gold, Wishes{gold->numbers.bag != 0, false, false});
    if (Fail fail = work.run(value); fail != Fail::NONE) return answer(fail);
    Ref leaves(list_leaves(work, type, w));
    if (!leaves) return nullptr;
    if (leaves.get() == Py_None) Py_RETURN_NONE;
    return Py_BuildValue("(OO)", leaves.get(), work.limited() ? Py_True : Py_False);
  });
}

// -- rewards -------------------------------------------------------------------------------------------

// The numbers of a spec that a reward is made of; see `metrics._reward`.
struct Terms {
  double alpha, floor, format_weight, both_empty, critical_cost;
  double square;  // of F-beta's beta; below 0: precision and recall
};
struct Rates {
  double precision, recall, f1, matching;
};
// `matching_part`, with the same operations in the same order.
Rates rates_of(const Terms& s, const Row& row, const Totals& gold) {
  double correct = double(row[CORRECT_UNITS]) + double(row[CREDITED]) / double(Book::FULL_CREDIT), of_gold = double(gold.units);
  double of_pred = double(row[CORRECT_UNITS] + row[WRONG_UNITS] + row[HALLUCINATED_UNITS]);
  if (of_pred == 0 && of_gold == 0) return Rates{1, 1, 1, s.both_empty};
  Rates r{0, 0, 0, 0};
  if (of_pred != 0 && of_gold != 0) {
    r.precision = correct / of_pred;
    r.recall = correct / of_gold;
    r.f1 = correct / ((of_pred + of_gold) / 2);
  }
  double earned, sure = 0, cost, charged = double(row[CHARGED]) / 1000;
  if (s.square < 0) {
    earned = s.alpha * r.precision;
    sure = (1 - s.alpha) * r.recall;
    cost = of_pred != 0 ? charged / of_pred : 0.0;
  } else {
    double both = s.square * of_gold + of_pred, factor = both != 0 ? (1 + s.square) / both : 0.0;
    earned = s.square == 1 ? r.f1 : of_pred != 0 && of_gold != 0 ? factor * correct : 0.0;
    cost = factor * charged;
  }
  cost += s.critical_cost * (row[WRONG_CRITICAL] ? double(row[WRONG_CRITICAL]) / double(gold.critical) : 0.0);
  r.matching = cost != 0 ? std::max(s.floor, earned - cost) + sure : earned + sure;
  return r;
}

constexpr Py_ssize_t REWARD_MEMBERS = 24;

PyObject* py_reward(PyObject*, PyObject* const* args, Py_ssize_t n) {
  if (n != 8) {
    PyErr_SetString(PyExc_TypeError, "expected a gold, a text, a decoder, a class, two texts, terms and a limit");
    return nullptr;
  }
  PyObject *text = args[1], *loads = args[2], *type = args[3], *status = args[4], *detail = args[5];
  Gold* gold = gold_of(args[0]);
  Terms terms;
  if (!gold || !PyArg_ParseTuple(args[6], "dddddd", &terms.alpha, &terms.floor, &terms.format_weight, &terms.both_empty,
                                 &terms.critical_cost, &terms.square))
    return nullptr;
  long long max_chars = PyLong_AsLongLong(args[7]);
  if (max_chars == -1 && PyErr_Occurred()) return nullptr;
  if (!PyType_Check(type) || !PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(type), &PyTuple_Type)) {
    PyErr_SetString(PyExc_TypeError, "expected a class of tuples");
    return nullptr;
  }
  if (!PyUnicode_CheckExact(text)) Py_RETURN_NONE;
  return guarded([&]() -> PyObject* {
    Bytes bytes;
    if (Fail fail = view(text, bytes); fail != Fail::NONE) return answer(fail);
    Answer found;
    if (!find_answer(bytes.at, bytes.size, found) || found.chars > max_chars) Py_RETURN_NONE;
    Ref json(PyMemoryView_FromMemory(const_cast<char*>(found.from), found.to - found.from, PyBUF_READ));
    Ref value(json ? PyObject_CallFunctionObjArgs(loads, json.get(), nullptr) : nullptr);
    if (!json) return nullptr;
    if (!value) {  // Python says what is wrong with it
      if (!PyErr_ExceptionMatches(PyExc_ValueError)) return nullptr;
      PyErr_Clear();
      Py_RETURN_NONE;
    }
    if (!PyDict_CheckExact(value.get())) Py_RETURN_NONE;
    Work work(*gold, Wishes{gold->numbers.bag != 0, true, false});
    if (Fail fail = work.run(value.get(), &found); fail != Fail::NONE) return answer(fail);
    const Numbers& s = gold->numbers;
    Counter counter(work.book(), work.space(), work.gold(), {s.cost_filled, s.cost_field, s.cost_item}, false, false);
    if (Fail fail = counter.count(); fail != Fail::NONE) return answer(fail);
    const Row& row = counter.rows()[0].row;
    Totals of_gold = totals(work.book(), work.gold());
    Rates r = rates_of(terms, row, of_gold);
    i64 hallucinated = row[FILLED_BLANK] + row[INVENTED_FIELD] + row[INVENTED_ITEM];
    Filler made(type, REWARD_MEMBERS);
    for (double x : {terms.format_weight + r.matching, 1.0, r.matching, r.precision, r.recall, r.f1})
      made.add(Ref(PyFloat_FromDouble(x)));
    for (i64 x : {row[CORRECT], row[WRONG], row[MISSING], hallucinated, row[CORRECT] + row[WRONG] + hallucinated,
                  of_gold.leaves, row[FILLED_BLANK], row[INVENTED_FIELD], row[INVENTED_ITEM], row[MISPLACED], i64(0),
                  of_gold.critical, row[WRONG_CRITICAL]})
      made.add(Ref(PyLong_FromLongLong(x)));
    made.add(status);
    made.add(true);
    made.add(Ref(PyLong_FromLongLong(found.chars)));
    made.add(work.limited());
    made.add(detail);
    return made.take().release();
  });
}

// -- the module ----------------------------------------------------------------------------------------

PyObject* py_texts(PyObject*, PyObject* handle) {
  auto* shelf = static_cast<Shelf*>(PyCapsule_GetPointer(handle, SHELF));
  if (!shelf) return nullptr;
  return PyLong_FromSize_t(shelf->book ? shelf->book->texts() : 0);
}

template <class Function>
PyCFunction function(Function* f) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(f));
}

PyMethodDef methods[] = {
    {"shelf", py_shelf, METH_VARARGS,
     "shelf(scalar_text, unicode_text, lists)\n\nReturn where the forms of texts are kept for all documents of some fields."},
    {"gold", py_gold, METH_VARARGS,
     "gold(shelf, fields, value, numbers)\n\nReturn a gold document, read once, or None."},
    {"sizes", py_sizes, METH_O, "sizes(gold)\n\nReturn the number of a gold's leaves, their units, and how many are critical."},
    {"count", function(py_count), METH_FASTCALL,
     "count(gold, value, by_field, blanks)\n\nReturn counts, by name of the field or in all, and whether the work was limited; or None."},
    {"leaves", py_leaves, METH_VARARGS,
     "leaves(gold, value, type, outcomes, kinds, credits)\n\nReturn every leaf, and whether the work was limited; or None."},
    {"reward", function(py_reward), METH_FASTCALL,
     "reward(gold, text, loads, type, status, detail, terms, max_chars)\n\nReturn the reward of a well-formed completion, or None."},
    {"texts", py_texts, METH_O, "texts(shelf)\n\nReturn how many texts are remembered now."},
    {nullptr, nullptr, 0, nullptr}};

#ifndef MEDVIE_KERNEL_DIGEST
#define MEDVIE_KERNEL_DIGEST ""
#endif

// Other interpreters of a process would share what is theirs alone, so the module refuses them.
int begin_module(PyObject* module) {
  static int64_t owner = -1;
  int64_t here = PyInterpreterState_GetID(PyInterpreterState_Get());
  if (owner < 0) owner = here;
  if (owner == here) return PyModule_AddStringConstant(module, "DIGEST", MEDVIE_KERNEL_DIGEST);
  PyErr_SetString(PyExc_ImportError, "the kernel serves one interpreter of a process");
  return -1;
}

PyModuleDef_Slot slots[] = {
    {Py_mod_exec, reinterpret_cast<void*>(begin_module)},
#if defined(Py_mod_multiple_interpreters)
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
    {0, nullptr}};
PyModuleDef module = {PyModuleDef_HEAD_INIT, "_kernel", "The alignment, compiled: see `_definition`.", 0, methods, slots,
                      nullptr, nullptr, nullptr};

}  // namespace
}  // namespace medvie

PyMODINIT_FUNC PyInit__kernel() { return PyModuleDef_Init(&medvie::module); }
