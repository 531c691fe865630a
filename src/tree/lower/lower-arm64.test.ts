// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { parseAsmCall } from "./asm-call.ts";
import { ASM_FORMS, findForm, lowerModule } from "./module.ts";
import { body, lower } from "./test-lower.ts";

/** One real call of each form, as clang 19 writes it for Linux 6.12; long templates cut. */
const CALLS: Readonly<Record<string, string>> = {
  "arm64 ordering, prefetch and spinning": 'call void asm sideeffect "dmb ishld", "~{memory}"() #7',
  "arm64 instruction cache maintenance": 'call void asm sideeffect "ic\\09ialluis", ""() #4',
  "arm64 read DAIF": '%r = call i64 asm sideeffect "mrs $0, daif", "=r"() #8',
  "arm64 write DAIF": 'call void asm sideeffect "msr daif, ${0:x}", "rZ"(i64 %x) #22',
  "arm64 set and clear bits of DAIF": 'call void asm sideeffect "msr daifset, #3", ""() #22',
  "arm64 test of DAIF": '%r = call i32 asm sideeffect ".if 1 == 1\\0A661:\\0A\\09and\\09${0:w}, ${1:w}, #0x00000080\\0A662:\\0A.pushsection .altinstructions,\\22a\\22\\0A", "=&r,r,~{memory}"(i64 %x) #5',
  "arm64 current": '%r = call i64 asm "mrs $0, sp_el0", "=r"() #10',
  "arm64 offset of per-CPU variables": '%r = call i64 asm ".if 1 == 1\\0A661:\\0A\\09mrs $0, tpidr_el1\\0A662:\\0A.pushsection .altinstructions,\\22a\\22\\0A .hword 51\\0A.popsection\\0A", "=r,*Q"(ptr elementtype(i64) %p) #21',
  "arm64 read CTR_EL0": '%r = call i64 asm sideeffect "\\09.irp\\09num,0,1\\0A\\09mrs_s $0, (((3) << 19) | ((3) << 16) | ((0) << 12) | ((0) << 8) | ((1) << 5))\\0A\\09.purgem\\09mrs_s\\0A", "=r"() #3',
  "arm64 tlbi by address": 'call void asm sideeffect ".arch armv8.5-a\\0Atlbi vaale1is, ${0:x}\\0A", "rZ"(i64 %x) #6',
  "arm64 tlbi of everything": 'call void asm sideeffect ".arch armv8.5-a\\0Atlbi vmalle1is\\0A", ""() #6',
  "arm64 bic": '%r = call ptr asm sideeffect "\\09bic\\09$0, $1, $2\\0A", "=r,r,i"(ptr %p, i64 36028797018963968) #11',
  "arm64 bug table entry":
    'call void asm sideeffect ".pushsection __bug_table,\\22aw\\22; .align 2; 14470: .long 14471f - .; .pushsection .rodata.str,\\22aMS\\22,@progbits,1; 14472: .string \\22lib/a.c\\22; .popsection; .long 14472b - .; .short 252; .short (1 << 0)|((1 << 1) | ((9) << 8)); .align 2; .popsection; 14471: brk 0x800", ""() #7',
  "arm64 cmpxchg":
    '%r = call { i64, i32 } asm sideeffect "\\09prfm\\09pstl1strm, $2\\0A1:\\09ldaxr\\09${1:w}, $2\\0A\\09eor\\09${0:w}, ${1:w}, ${3:w}\\0A\\09cbnz\\09${0:w}, 2f\\0A\\09stxr\\09${0:w}, ${4:w}, $2\\0A\\09cbnz\\09${0:w}, 1b\\0A\\09\\0A2:", "=&r,=&r,=*Q,Kr,r,*Q,~{memory}"(ptr elementtype(i32) %p, i64 %x, i32 1, ptr elementtype(i32) %p) #7',
  "arm64 xchg":
    '%r = call { i64, i64 } asm sideeffect "\\09prfm\\09pstl1strm, $2\\0A1:\\09ldxr\\09$0, $2\\0A\\09stlxr\\09${1:w}, $3, $2\\0A\\09cbnz\\09${1:w}, 1b\\0A\\09dmb ish", "=&r,=&r,=*Q,r,*Q,~{memory}"(ptr elementtype(i64) %p, i64 7, ptr elementtype(i64) %p) #5',
  "arm64 atomic operation":
    '%r = call { i32, i32, i64 } asm sideeffect "// atomic_fetch_sub_release\\0A\\09prfm\\09pstl1strm, $3\\0A1:\\09ldxr\\09${0:w}, $3\\0A\\09sub\\09${1:w}, ${0:w}, ${4:w}\\0A\\09stlxr\\09${2:w}, ${1:w}, $3\\0A\\09cbnz\\09${2:w}, 1b\\0A\\09", "=&r,=&r,=&r,=*Q,Jr,*Q,~{memory}"(ptr elementtype(i32) %p, i32 1, ptr elementtype(i32) %p) #7',
  "arm64 operation on a per-CPU variable":
    '%r = call { i32, i64 } asm sideeffect "1:\\09ldxr\\09$1, $2\\0Aadd\\09$1, $1, $3\\0A\\09stxr\\09${0:w}, $1, $2\\0A\\09cbnz\\09${0:w}, 1b", "=&r,=&r,=*Q,r,*Q"(ptr elementtype(i64) %p, i64 1, ptr elementtype(i64) %p) #19',
  "arm64 load": '%r = call i32 asm sideeffect "ldar ${0:w}, $1", "=r,*Q,~{memory}"(ptr elementtype(i32) %p) #7',
  "arm64 store": 'call void asm sideeffect "stlrb ${1:w}, $0", "=*Q,rZ,~{memory}"(ptr elementtype(i8) %p, i8 0) #7',
  "arm64 wait for a change":
    '%r = call i64 asm sideeffect "\\09sevl\\0A\\09wfe\\0A\\09ldxr\\09${0:w}, $1\\0A\\09eor\\09${0:w}, ${0:w}, ${2:w}\\0A\\09cbnz\\09${0:w}, 1f\\0A\\09wfe\\0A1:", "=&r,=*Q,r,*Q"(ptr elementtype(i32) %p, i64 256, ptr elementtype(i32) %p) #2',
};

describe("forms of arm64", () => {
  it.each(Object.entries(CALLS))("%s is recognised", (name, line) => {
    const call = parseAsmCall(`  ${line}`, "")!;
    expect(findForm(call.template, call.constraints)?.form.name).toBe(name);
    expect(lower(line).some((l) => l.includes(" asm "))).toBe(false);
  });

  it("has an example of every form but those that jump, which are below", () => {
    expect(ASM_FORMS.map((f) => f.name).filter((n) => n.startsWith("arm64 ") && !(n in CALLS)).sort()).toEqual(["arm64 access to user space", "arm64 alternative_has_cap"]);
  });

  it("cmpxchg stores only where the old value was expected, and binds the scratch register", () => {
    expect(body(CALLS["arm64 cmpxchg"]!)).toEqual([
      "%cbit0.0 = trunc i64 %x to i32",
      "%cbit0.1 = load i32, ptr %p, align 1",
      "%cbit0.2 = icmp eq i32 %cbit0.1, %cbit0.0",
      "%cbit0.3 = select i1 %cbit0.2, i32 1, i32 %cbit0.1",
      "store i32 %cbit0.3, ptr %p, align 1",
      "%cbit0.4 = insertvalue { i64, i32 } poison, i64 0, 0",
      "%r = insertvalue { i64, i32 } %cbit0.4, i32 %cbit0.1, 1",
    ]);
  });

  it("a fetch gives the old value, a return the new one", () => {
    const [load, sub, store, first] = body(CALLS["arm64 atomic operation"]!);
    expect([load, sub, store]).toEqual(["%cbit0.0 = load i32, ptr %p, align 1", "%cbit0.1 = sub i32 %cbit0.0, 1", "store i32 %cbit0.1, ptr %p, align 1"]);
    expect(first).toContain("i32 %cbit0.0, 0");
    const returns = CALLS["arm64 atomic operation"]!.replace("{ i32, i32, i64 }", "{ i32, i64 }").replace("fetch_sub_release", "sub_return").replace("=&r,=&r,=&r", "=&r,=&r");
    expect(body(returns)[3]).toContain("i32 %cbit0.1, 0");
  });

  it("andnot clears bits", () => {
    const line = '%r = call { i64, i64 } asm sideeffect "// atomic64_andnot\\0A\\09prfm\\09pstl1strm, $2\\0A1:\\09ldxr\\09$0, $2\\0A\\09bic\\09$0, $0, $3\\0A\\09stxr\\09${1:w}, $0, $2\\0A\\09cbnz\\09${1:w}, 1b", "=&r,=&r,=*Q,r,*Q"(ptr elementtype(i64) %p, i64 %x, ptr elementtype(i64) %p) #5';
    expect(body(line).slice(1, 3)).toEqual(["%cbit0.1 = xor i64 %x, -1", "%cbit0.2 = and i64 %cbit0.0, %cbit0.1"]);
  });

  it("bug entries keep file, line and flags", () => {
    const out = lower(CALLS["arm64 bug table entry"]!);
    expect(out).toContain("call void @cbit_bug(ptr @cbit_bug_file.lib_a_c, i32 252, i32 2307)");
    expect(out).toContain('@cbit_bug_file.lib_a_c = private constant [8 x i8] c"lib/a.c\\00"');
  });

  it("tlbi by address takes bits 12 to 55 from its operand", () => {
    expect(body(CALLS["arm64 tlbi by address"]!).slice(0, 2)).toEqual(["%cbit0.0 = shl i64 %x, 20", "%cbit0.1 = ashr i64 %cbit0.0, 8"]);
  });

  it("alternative_has_cap asks the CPU's capabilities", () => {
    const line = 'callbr void asm sideeffect ".if 1 == 1\\0A661:\\0A\\09nop\\0A662:\\0A .hword $0\\0A .byte 662b-661b\\0A663:\\0A\\09b\\09${1:l}\\0A664:\\0A", "i,!i"(i64 70) #4';
    const out = lower(line, "          to label %no [label %yes], !srcloc !3");
    expect(out).toContain("%cbit0.1 = getelementptr i64, ptr @system_cpucaps, i64 %cbit0.0");
    expect(out).toContain("br i1 %cbit0.5, label %yes, label %no");
  });

  it("accesses to user space go on or fault as the service says", () => {
    const table = "\\0A\\09.irp\\09num,0,1\\0A.pushsection\\09__ex_table, \\22a\\22\\0A.popsection\\0A";
    const store = lower(`callbr void asm sideeffect "1:\\09sttr\\09\${0:w}, [$1]\\0A2:${table}", "rZ,r,!i"(i32 %x, ptr %p) #6`, "          to label %done [label %fault], !srcloc !3");
    expect(store.slice(store.indexOf("entry:") + 1, -1)).toEqual(expect.arrayContaining(["%cbit0.0 = call i32 @cbit_user_access()", "%cbit0.1 = icmp ne i32 %cbit0.0, 0", "br i1 %cbit0.1, label %fault, label %done"]));
    const load = lower(`%r = callbr i64 asm sideeffect "1:\\09ldtr\\09\${0:x}, [$1]${table}", "=r,r,!i"(ptr %p) #6`, "          to label %done [label %fault], !srcloc !3");
    expect(load.indexOf("%r = add i64 0, 0")).toBe(load.indexOf("br i1 %cbit0.1, label %fault, label %done") - 1);
  });

  it("operations on per-CPU variables give the new value", () => {
    expect(body(CALLS["arm64 operation on a per-CPU variable"]!).slice(0, 3)).toEqual(["%cbit0.0 = load i64, ptr %p, align 1", "%cbit0.1 = add i64 %cbit0.0, 1", "store i64 %cbit0.1, ptr %p, align 1"]);
    expect(body(CALLS["arm64 operation on a per-CPU variable"]!).at(-1)).toContain("i64 %cbit0.1, 1");
  });

  it("builds a va_list whose registers are used up", () => {
    const text = 'target triple = "aarch64-unknown-linux-gnu"\ndefine void @f(ptr %ap) {\nentry:\n  call void @llvm.va_start.p0(ptr nonnull %ap)\n  ret void\n}\n';
    const out = lowerModule(`; ModuleID\n${text}`, "a.c");
    expect(out).toContain("store ptr %cbit0.area, ptr %ap");
    expect(out).toMatch(/offsets = getelementptr i8, ptr %ap, i64 24\n\s+store i64 0/);
  });

  it("an address of a label, which is only shown, is null", () => {
    expect(body("store ptr blockaddress(@f, %entry), ptr %p")).toEqual(["store ptr null, ptr %p"]);
  });
});
