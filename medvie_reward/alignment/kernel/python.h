// What the kernel asks of Python: the stable interface of 3.10, owned references, the lock of the interpreter.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "bytes.h"

#ifdef Py_GIL_DISABLED
#error "the kernel counts on the interpreter's lock; without one the textbook serves"
#endif
#ifndef PyBUF_READ
#define PyBUF_READ 0x100
#endif

namespace medvie {

// An owned reference.
class Ref {
 public:
  explicit Ref(PyObject* owned = nullptr) : p_(owned) {}
  static Ref copy(PyObject* borrowed) {
    Py_XINCREF(borrowed);
    return Ref(borrowed);
  }
  Ref(Ref&& other) noexcept : p_(other.p_) { other.p_ = nullptr; }
  Ref& operator=(Ref&& other) noexcept {
    std::swap(p_, other.p_);
    return *this;
  }
  Ref(const Ref&) = delete;
  Ref& operator=(const Ref&) = delete;
  ~Ref() { Py_XDECREF(p_); }
  explicit operator bool() const { return p_ != nullptr; }
  PyObject* get() const { return p_; }
  PyObject* release() {
    PyObject* p = p_;
    p_ = nullptr;
    return p;
  }

 private:
  PyObject* p_;
};

// Why something could not be done. ODD: it is not for the kernel, so the textbook answers. ERROR: a Python
// exception is set.
enum class Fail { NONE, ODD, ERROR };

// The UTF-8 bytes of a text, which live as long as it does. A text that has none (lone surrogates), or
// 2^31 of them, is ODD.
inline Fail view(PyObject* text, Bytes& bytes) {
  Py_ssize_t size;
  bytes.at = PyUnicode_AsUTF8AndSize(text, &size);
  bytes.size = static_cast<size_t>(size);
  bytes.tag = 0;
  if (bytes.at) return bytes.size >> 31 ? Fail::ODD : Fail::NONE;
  if (!PyErr_ExceptionMatches(PyExc_UnicodeError)) return Fail::ERROR;
  PyErr_Clear();
  return Fail::ODD;
}

// Lets other threads run while it lives. Whoever makes one touches no Python object meanwhile.
class WithoutLock {
 public:
  explicit WithoutLock(bool worthwhile) : state_(worthwhile ? PyEval_SaveThread() : nullptr) {}
  WithoutLock(const WithoutLock&) = delete;
  WithoutLock& operator=(const WithoutLock&) = delete;
  ~WithoutLock() {
    if (state_) PyEval_RestoreThread(state_);
  }

 private:
  PyThreadState* state_;
};

}  // namespace medvie
