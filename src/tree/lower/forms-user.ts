// SPDX-License-Identifier: MIT
/** What surrounds accesses to user space. */

import type { AsmForm } from "./emitter.ts";

const userLimit: AsmForm = {
  name: "runtime_const_ptr(USER_PTR_MAX)",
  template: /^mov \$1,\$0\\0A1:\\0A\.pushsection runtime_ptr_USER_PTR_MAX,/,
  from: "arch/x86/include/asm/runtime-const.h:5, uaccess_64.h",
  emit(out) {
    out.loaded([out.callValue("i64", "cbit_user_limit", [])]);
  },
};

const accessPrevention: AsmForm = {
  name: "stac, clac, barrier_nospec",
  template: /^# ALT: oldinstr.*# ALT: replacement\\0A774:\\0A\\09(?:\.byte 0x0f,0x01,0xc[ab]|lfence)\\0A/,
  from: "arch/x86/include/asm/smap.h, barrier.h",
  // The accesses between them are forms of their own.
  emit() {},
};

export const USER_FORMS: readonly AsmForm[] = [userLimit, accessPrevention];
