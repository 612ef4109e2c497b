// The book of forms: raw scalar -> class, field by field. Two scalars of a field are equal where their classes are.
//
// A class is the number of a normal form among those of one comparator; 0 is the empty form. Python writes a
// normal form once for each text that was never met; all later meetings are look-ups. Nothing in here
// changes a result: a book may be dropped and begun anew at any time, and is, once it is full.
//
// Python code (normal forms, fields) may raise, or come back into the kernel for the same book, or another
// thread may do so meanwhile: after each call of Python, whatever was looked up before is looked up again.
#pragma once

#include "python.h"

namespace medvie {

// The normal form of one comparator.
struct Form {
  Ref call;
  bool plain;            // the form `unicode`: NFC, and white space in order
  Table raw, normal;     // text -> class; normal form -> class (a plain form's are texts of their own)
  Table numbers;         // the bits of a number, tagged with its type -> class
  Form(PyObject* form, bool is_plain, u64 seed)
      : call(Ref::copy(form)), plain(is_plain), raw(seed, 64), normal(seed), numbers(seed) {}
};

// How the items of two lists pair.
enum class Mode : u8 { ALIGN, INDEX, KEY };

// What is asked of a field for every leaf and every list.
struct Facts {
  i32 form = 0;
  i32 names = 0;      // by which members meet: the field's name without list marks
  i32 units = 1;
  i32 credit = -1;    // what tells the credit of wrong leaves; -1: they have none
  i32 join = -1;      // of a list paired by key: the names of the joining member
  Mode mode = Mode::ALIGN;
  bool critical = false;
  bool several = false;  // one value may stand for several, so a list of some may stand for it
};

struct Member {
  Ref key;
  i32 field;
  Facts facts;
};

struct Field {
  Ref py, name, suffix;  // suffix: what its name adds to its parent's
  i32 items = -1;        // the field of the items of a list here, once it was asked for
  vector<Member> members;
  Table by_key;          // name -> its place in `members`
  explicit Field(u64 seed) : by_key(seed) {}
};

// A character that NFC leaves alone whatever stands beside it, and that is no white space. What is not here is
// Python's to judge.
inline bool inert(u32 c) {
  return (c > 0x20 && c < 0x7F) || (c > 0xA0 && c < 0x300 && c != 0xAD) ||
         (c >= 0x391 && c <= 0x3CE && c != 0x3A2) || c == 0x2191 || c == 0x2193 ||
         (c >= 0x3001 && c <= 0x3029) || (c >= 0x4E00 && c <= 0x9FA5) || (c >= 0xFF01 && c <= 0xFF5E);
}
// Whether a text, in UTF-8, is surely its own form `unicode`: inert characters, single spaces inside.
inline bool is_plain(const Bytes& text) {
  const u8 *p = reinterpret_cast<const u8*>(text.at), *end = p + text.size;
  if (p == end || *p == ' ' || end[-1] == ' ') return false;
  for (bool space = false; p < end;) {
    u32 c = *p++;
    if (c == ' ') {
      if (space) return false;
      space = true;
      continue;
    }
    space = false;
    if (c >= 0x80) {
      int more = c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;  // Python writes sound UTF-8 only
      c &= 0x3Fu >> more;
      while (more--) c = c << 6 | (*p++ & 0x3Fu);
    }
    if (!inert(c)) return false;
  }
  return true;
}

class Book {
 public:
  static constexpr i32 BLANK = 0;
  static constexpr i64 FULL_CREDIT = 1000;
  static constexpr size_t MOST_TEXTS = size_t(1) << 18, MOST_BYTES = size_t(1) << 26, MOST_FIELDS = 8192;

  // `lists`: the list mode where no rule gives another.
  Book(PyObject* scalar_text, PyObject* unicode_text, PyObject* lists, u64 seed)
      : scalar_text_(Ref::copy(scalar_text)), unicode_text_(Ref::copy(unicode_text)), lists_(Ref::copy(lists)),
        seed_(seed), names_(seed), credited_(seed) {
    classes_.push_back(Class{0, Bytes{}});
  }
  // Makes the form of misplaced values and the field of the whole document. The book keeps no reference to
  // `fields`, which may keep one to whatever keeps the book.
  Fail begin(PyObject* fields) {
    forms_.emplace_back(new Form(unicode_text_.get(), true, seed_));
    salts_.push_back(0);  // the root's, which is nobody's member
    above_.push_back(-1);
    Ref root(PyObject_GetAttrString(fields, "root"));
    i32 id;
    return root ? add_field(root.get(), -1, 0, id) : Fail::ERROR;
  }

  // Whether it has grown so large that the next document should begin another.
  bool full() const {
    return texts_ > MOST_TEXTS || classes_.size() > MOST_TEXTS || held_ > MOST_BYTES || facts_.size() > MOST_FIELDS;
  }
  const Facts& facts(i32 field) const { return facts_[size_t(field)]; }
  const Field& field(i32 at) const { return *field_[size_t(at)]; }
  i32 above(i32 names) const { return above_[size_t(names)]; }  // the names one name shorter; -1: the root's
  u64 salt(i32 names) const { return salts_[size_t(names)]; }
  u64 hash(i32 cls) const { return classes_[size_t(cls)].hash; }  // of a normal form, as the definition has it
  size_t classes() const { return classes_.size(); }
  bool grades() const { return !credits_.empty(); }  // whether some field gives wrong leaves a credit
  size_t names() const { return salts_.size(); }
  size_t fields() const { return facts_.size(); }
  size_t texts() const { return texts_; }

  // The member of a field. `guess` is where it may well be, and becomes where the next one may well be.
  Fail member(PyObject* fields, i32 at, PyObject* key, u32& guess, i32& id, Facts& facts) {
    Field* f = field_[size_t(at)].get();
    if (guess >= f->members.size() || f->members[guess].key.get() != key) {
      Bytes bytes;
      if (Fail fail = view(key, bytes); fail != Fail::NONE) return fail;
      u64 h = f->by_key.hash(bytes);
      Table::Entry* e = f->by_key.find(bytes, h);
      if (!e->at) {
        Ref held = Ref::copy(key), made(PyObject_CallMethod(fields, "member", "OO", f->py.get(), key));
        if (!made) return Fail::ERROR;
        e = f->by_key.find(bytes, h);
        if (!e->at) {  // else it was met meanwhile
          i32 names = names_of(f_names(at), bytes);
          if (Fail fail = add_field(made.get(), at, names, id); fail != Fail::NONE) return fail;
          e = f->by_key.find(bytes, h);  // `add_field` asked Python
          if (!e->at) {
            f->members.push_back(Member{std::move(held), id, facts_[size_t(id)]});
            f->by_key.add(bytes, h, i32(f->members.size()) - 1);
            e = f->by_key.find(bytes, h);
          }
        }
      }
      guess = u32(e->value);
    }
    const Member& m = f->members[guess++];
    id = m.field;
    facts = m.facts;
    return Fail::NONE;
  }
  // The field of the items of a list.
  Fail items(PyObject* fields, i32 at, i32& id) {
    Field* f = field_[size_t(at)].get();
    if (f->items < 0) {
      Ref made(PyObject_CallMethod(fields, "items", "O", f->py.get()));
      if (!made) return Fail::ERROR;
      if (Fail fail = add_field(made.get(), at, f_names(at), id); fail != Fail::NONE) return fail;
      if (f->items < 0) f->items = id;
    }
    id = f->items;
    return Fail::NONE;
  }

  // The class of a scalar under a form. ODD where it is no scalar of JSON.
  Fail scalar(i32 form, PyObject* x, i32& cls) {
    if (PyUnicode_CheckExact(x)) return text(form, x, cls);
    if (x == Py_None) {
      cls = BLANK;
      return Fail::NONE;
    }
    if (PyBool_Check(x)) return number(form, x, x == Py_True, BOOL, cls);
    if (PyFloat_CheckExact(x)) {
      double d = PyFloat_AsDouble(x);
      if (!(d - d == 0)) return Fail::ODD;
      u64 bits;
      std::memcpy(&bits, &d, 8);
      return number(form, x, bits, FLOAT, cls);
    }
    if (PyLong_CheckExact(x)) {
      int over = 0;
      long long v = PyLong_AsLongLongAndOverflow(x, &over);
      return over ? written(form, x, cls) : number(form, x, u64(v), INT, cls);
    }
    return Fail::ODD;
  }
  // The credit of a predicted form for a gold one at a field that gives credits, in thousandths.
  Fail credit(const Facts& facts, i32 pred, i32 gold, i32& found) {
    i32 pair[2] = {gold, pred};
    Bytes key{reinterpret_cast<const char*>(pair), sizeof pair, u32(facts.credit)};
    u64 h = credited_.hash(key);
    Table::Entry* e = credited_.find(key, h);
    if (e->at) {
      found = e->value;
      return Fail::NONE;
    }
    Ref g = text_of(gold), p = text_of(pred), call = Ref::copy(credits_[size_t(facts.credit)].get());
    Ref made(g && p ? PyObject_CallFunctionObjArgs(call.get(), g.get(), p.get(), nullptr) : nullptr);
    if (!made) return Fail::ERROR;
    if (!PyLong_Check(made.get())) {
      PyErr_Format(PyExc_TypeError, "expected an int from a credit, got %R", Py_TYPE(made.get()));
      return Fail::ERROR;
    }
    int over = 0;
    long long value = PyLong_AsLongLongAndOverflow(made.get(), &over);
    if (over || value < 0 || value >= FULL_CREDIT) return Fail::ODD;
    found = i32(value);
    if (!credited_.find(key, h)->at) note(credited_, key, h, found);
    return Fail::NONE;
  }

  // The class of a scalar under the form of misplaced values, given its class in its own field.
  Fail plain(const Facts& facts, PyObject* x, i32 cls, i32& found) {
    if (!forms_[size_t(facts.form)]->plain) return scalar(PLAIN, x, found);
    found = cls;
    return Fail::NONE;
  }

 private:
  static constexpr i32 PLAIN = 0;  // the first form
  enum : u32 { BOOL = 1, FLOAT, INT };

  Fail read_mode(PyObject* text, Facts& facts) {
    Bytes mode;
    if (!PyUnicode_Check(text)) return Fail::ODD;
    if (Fail fail = view(text, mode); fail != Fail::NONE) return fail;
    if (mode.size == 5 && mode.same("align")) return Fail::NONE;
    if (mode.size == 5 && mode.same("index")) {
      facts.mode = Mode::INDEX;
      return Fail::NONE;
    }
    if (mode.size <= 4 || std::memcmp(mode.at, "key:", 4)) return Fail::ODD;
    facts.mode = Mode::KEY;
    facts.join = names_of(facts.names, Bytes{mode.at + 4, mode.size - 4});
    return facts.join < 0 ? Fail::ODD : Fail::NONE;
  }
  i32 find_credit(PyObject* call) {
    for (size_t i = 0; i < credits_.size(); ++i)
      if (credits_[i].get() == call) return i32(i);
    credits_.push_back(Ref::copy(call));
    return i32(credits_.size()) - 1;
  }
  Ref text_of(i32 cls) const {
    const Bytes& text = classes_[size_t(cls)].text;
    return Ref(PyUnicode_FromStringAndSize(text.at, Py_ssize_t(text.size)));
  }
  i32 f_names(i32 at) const { return facts_[size_t(at)].names; }
  // The number of a member's name at other names. It tells members apart, and salts what they hold.
  i32 names_of(i32 parent, const Bytes& key) {
    Bytes tagged{key.at, key.size, u32(parent)};
    u64 h = names_.hash(tagged);
    Table::Entry* e = names_.find(tagged, h);
    if (e->at) return e->value;
    i32 id = i32(salts_.size());
    if (salts_.full()) return -1;
    salts_.push_back(text_hash(key) | 1);
    above_.push_back(parent);
    names_.add(tagged, h, id);
    return id;
  }
  Fail add_field(PyObject* made, i32 parent, i32 names, i32& id) {
    if (names < 0 || facts_.full()) return Fail::ODD;
    auto f = std::make_unique<Field>(seed_);
    f->py = Ref::copy(made);
    f->name = Ref(PyObject_GetAttrString(made, "name"));
    Ref form(PyObject_GetAttrString(made, "form")), units(PyObject_GetAttrString(made, "units")),
        critical(PyObject_GetAttrString(made, "critical")), several(PyObject_GetAttrString(made, "several")),
        credit(PyObject_GetAttrString(made, "credit")), rule(PyObject_GetAttrString(made, "rule"));
    if (!f->name || !form || !units || !critical || !several || !credit || !rule) return Fail::ERROR;
    Ref lists(PyObject_GetAttrString(rule.get(), "lists"));
    if (!lists) return Fail::ERROR;
    if (!PyUnicode_Check(f->name.get()) || !PyLong_Check(units.get())) {
      PyErr_SetString(PyExc_TypeError, "expected a field with a name and with units");
      return Fail::ERROR;
    }
    Py_ssize_t skip = parent < 0 ? 0 : PyUnicode_GetLength(field_[size_t(parent)]->name.get());
    f->suffix = Ref(PyUnicode_Substring(f->name.get(), skip, PY_SSIZE_T_MAX));
    int over = 0;
    long long n = PyLong_AsLongLongAndOverflow(units.get(), &over);
    Facts facts;
    facts.names = names;
    facts.critical = PyObject_IsTrue(critical.get()) == 1;
    facts.several = PyObject_IsTrue(several.get()) == 1;
    if (Fail fail = read_mode(lists.get() == Py_None ? lists_.get() : lists.get(), facts); fail != Fail::NONE) return fail;
    facts.units = i32(n);
    if (over || n < 0 || n > MOST_UNITS) return Fail::ODD;
    if (!f->suffix || PyErr_Occurred()) return Fail::ERROR;
    if (Fail fail = find_form(names, form.get(), facts.form); fail != Fail::NONE) return fail;
    if (credit.get() != Py_None) facts.credit = find_credit(credit.get());
    if (facts_.full()) return Fail::ODD;  // asked again: Python was asked meanwhile
    id = i32(field_.size());
    field_.push_back(std::move(f));
    facts_.push_back(facts);
    return Fail::NONE;
  }
  // A field's form hangs on its names alone, so a list's items, which are fields of their own, get the list's: their
  // values meet. Bound methods are made anew each time they are asked for, so they are compared, not told by identity.
  Fail find_form(i32 names, PyObject* call, i32& id) {
    if (size_t(names) < form_of_.size() && form_of_[size_t(names)] >= 0) {
      id = form_of_[size_t(names)];
      return Fail::NONE;
    }
    if (Fail fail = find_form(call, id); fail != Fail::NONE) return fail;
    if (form_of_.size() <= size_t(names)) form_of_.resize(size_t(names) + 1, -1);
    form_of_[size_t(names)] = id;
    return Fail::NONE;
  }
  Fail find_form(PyObject* call, i32& id) {
    for (size_t i = 1; i < forms_.size(); ++i) {
      int same = PyObject_RichCompareBool(forms_[i]->call.get(), call, Py_EQ);
      if (same < 0) return Fail::ERROR;
      if (same) {
        id = i32(i);
        return Fail::NONE;
      }
    }
    // `KnownForms` keep the function behind them as `_form`.
    Ref keeper(PyObject_GetAttrString(call, "__self__")), inner;
    if (keeper) inner = Ref(PyObject_GetAttrString(keeper.get(), "_form"));
    PyErr_Clear();
    bool plain = inner.get() == unicode_text_.get();
    if (plain) {
      id = PLAIN;
      return Fail::NONE;
    }
    id = i32(forms_.size());
    forms_.emplace_back(new Form(call, false, seed_));
    return Fail::NONE;
  }

  Fail text(i32 form, PyObject* s, i32& cls) {
    Bytes bytes;
    if (Fail fail = view(s, bytes); fail != Fail::NONE) return fail;
    cls = BLANK;
    if (!bytes.size) return Fail::NONE;
    Table& raw = forms_[size_t(form)]->raw;
    u64 h = raw.hash(bytes);
    Table::Entry* e = raw.find(bytes, h);
    if (!e->at) return new_text(form, s, bytes, h, cls);
    cls = e->value;
    return Fail::NONE;
  }
  Fail new_text(i32 at, PyObject* s, const Bytes& bytes, u64 h, i32& cls) {
    Form& form = *forms_[size_t(at)];
    if (form.plain && is_plain(bytes)) return class_of(form.raw, bytes, cls);
    Ref held = Ref::copy(s), made(PyObject_CallFunctionObjArgs(form.call.get(), s, nullptr));
    if (!made) return Fail::ERROR;
    if (!PyUnicode_Check(made.get())) {
      PyErr_Format(PyExc_TypeError, "expected a str from a normal form, got %R", Py_TYPE(made.get()));
      return Fail::ERROR;
    }
    Bytes normal;
    if (Fail fail = view(made.get(), normal); fail != Fail::NONE) return fail;
    cls = BLANK;
    if (normal.size) {
      Fail fail = class_of(form.plain ? form.raw : form.normal, normal, cls);
      if (fail != Fail::NONE) return fail;
    }
    if (!form.raw.find(bytes, h)->at) note(form.raw, bytes, h, cls);
    return Fail::NONE;
  }
  // The class of a normal form, a new one where it was never met.
  Fail class_of(Table& table, const Bytes& normal, i32& cls) {
    u64 h = table.hash(normal);
    Table::Entry* e = table.find(normal, h);
    if (e->at) {
      cls = e->value;
      return Fail::NONE;
    }
    if (classes_.full()) return Fail::ODD;
    cls = i32(classes_.size());
    note(table, normal, h, cls);
    classes_.push_back(Class{text_hash(normal), Bytes{table.find(normal, h)->at, normal.size}});
    return Fail::NONE;
  }
  void note(Table& table, const Bytes& key, u64 h, i32 cls) {
    table.add(key, h, cls);
    ++texts_;
    held_ += key.size;
  }
  Fail number(i32 form, PyObject* x, u64 bits, u32 type, i32& cls) {
    Bytes key{reinterpret_cast<const char*>(&bits), 8, type};
    u64 h = forms_[size_t(form)]->numbers.hash(key);
    Table::Entry* e = forms_[size_t(form)]->numbers.find(key, h);
    if (e->at) {
      cls = e->value;
      return Fail::NONE;
    }
    if (Fail fail = written(form, x, cls); fail != Fail::NONE) return fail;
    Table& numbers = forms_[size_t(form)]->numbers;
    if (!numbers.find(key, h)->at) note(numbers, key, h, cls);
    return Fail::NONE;
  }
  // A number by its text, as Python writes it.
  Fail written(i32 form, PyObject* x, i32& cls) {
    Ref held = Ref::copy(x), text_(PyObject_CallFunctionObjArgs(scalar_text_.get(), x, nullptr));
    if (!text_) return Fail::ERROR;
    if (PyUnicode_Check(text_.get())) return text(form, text_.get(), cls);
    PyErr_SetString(PyExc_TypeError, "expected a str from scalar_text");
    return Fail::ERROR;
  }

  static constexpr long long MOST_UNITS = 1 << 30;
  struct Class {
    u64 hash;
    Bytes text;  // the normal form
  };
  Ref scalar_text_, unicode_text_, lists_;
  u64 seed_;
  vector<std::unique_ptr<Form>> forms_;
  vector<std::unique_ptr<Field>> field_;  // read with the interpreter's lock only, as are the tables
  vector<i32> form_of_;                   // names -> form; -1: not yet known
  Table names_;                           // name, tagged with its parent's names -> names
  Pages<Facts, 256, 128> facts_;          // of each field
  Pages<u64, 256, 128> salts_;            // of each names
  Pages<i32, 256, 128> above_;
  Pages<Class, 1024, 2048> classes_;
  vector<Ref> credits_;                   // what tells credits
  Table credited_;                        // gold class, predicted class, tagged with what tells -> credit
  size_t texts_ = 0, held_ = 0;
};

}  // namespace medvie
