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

const arm64Access: AsmForm = {
  name: "arm64 access to user space",
  template: /^1:\\09(?:sttr|ldtr)[bh]?\\09\$\{0:[wx]\}, \[\$1\]\\0A(?:2:\\0A)?\\09\.irp.*__ex_table/,
  from: "arch/arm64/include/asm/uaccess.h __put_mem_asm, __get_mem_asm",
  emit(out) {
    // The service says whether the access faults: both ways on are kept.
    const fault = out.value(`icmp ne i32 ${out.callValue("i32", "cbit_user_access", [])}, 0`);
    out.results(out.call.results.map(() => "0"));
    const [through, faulted] = out.call.labels;
    out.run(`br i1 ${fault}, label ${faulted}, label ${through}`);
  },
};

export const USER_FORMS: readonly AsmForm[] = [userLimit, accessPrevention, arm64Access];
