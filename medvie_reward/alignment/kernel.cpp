// A placeholder for the compiled kernel, for trying the build: it has no functions yet.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#ifndef MEDVIE_KERNEL_DIGEST
#define MEDVIE_KERNEL_DIGEST ""
#endif

static int fill(PyObject* module) {
  if (PyModule_AddStringConstant(module, "VERSION", "0") < 0) return -1;
  return PyModule_AddStringConstant(module, "DIGEST", MEDVIE_KERNEL_DIGEST);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, reinterpret_cast<void*>(fill)}, {0, nullptr}};
static PyModuleDef module = {PyModuleDef_HEAD_INIT, "_kernel", "", 0, nullptr, slots, nullptr, nullptr, nullptr};

PyMODINIT_FUNC PyInit__kernel() { return PyModuleDef_Init(&module); }
