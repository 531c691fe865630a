// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { parseAsmCall } from "./asm-call.ts";
import { ASM_FORMS, findForm, lowerModule } from "./module.ts";
import { body, lower } from "./test-lower.ts";

const END = '"~{memory},~{dirflag},~{fpsr},~{flags}"';

/** One real call of each form, as clang 19 writes it for Linux 6.12. */
const CALLS: Readonly<Record<string, string>> = {
  "compiler barrier": `tail call void asm sideeffect "", ${END}() #13, !srcloc !6`,
  "value hidden from the optimiser": `%r = call i64 asm "", "=r,0,~{dirflag},~{fpsr},~{flags}"(i64 %x)`,
  "ordering and spinning": `tail call void asm sideeffect "mfence", ${END}() #13`,
  "save flags": `call void asm sideeffect "# __raw_save_flags\\0A\\09pushf ; pop $0", "=*rm,~{memory},~{dirflag},~{fpsr},~{flags}"(ptr nonnull elementtype(i64) %flags.i) #13`,
  "cli and sti": `call void asm sideeffect "sti", ${END}() #20`,
  bsf: `%r = tail call i64 asm "rep; bsf $1,$0", "=r,r,~{dirflag},~{fpsr},~{flags}"(i64 %x) #6`,
  bsr: `%r = tail call i32 asm "bsrq $1,\${0:q}", "=r,r,0,~{dirflag},~{fpsr},~{flags}"(i64 %x, i32 -1) #11`,
  popcnt: `%r = tail call i64 asm "# ALT: oldinstr\\0A771:\\0A\\09call __sw_hweight64\\0A772:\\0A.pushsection .altinstr_replacement\\0A774:\\0A\\09popcntq $1, $0\\0A775:\\0A", "={ax},{di},~{dirflag},~{fpsr},~{flags}"(i64 %x) #3`,
  _THIS_IP_: `%r = tail call i64 asm "lea 0(%rip), $0", "=r,~{dirflag},~{fpsr},~{flags}"() #10`,
  cpuid: `%r = call { i32, i32, i32, i32 } asm sideeffect "cpuid", "={ax},={bx},={cx},={dx},0,2,~{memory},~{dirflag},~{fpsr},~{flags}"(i32 33, i32 0) #10`,
  vmgexit: `call void asm sideeffect "rep; vmmcall\\0A\\0D", "~{dirflag},~{fpsr},~{flags}"() #19`,
  "call of the SVSM": `%r = call { i64, i64, i64, i64, i64 } asm sideeffect "rep; vmmcall\\0A\\09", "={rax},={rcx},={rdx},={r8},={r9},{rax},{rcx},{rdx},{r8},{r9},~{memory},~{dirflag},~{fpsr},~{flags}"(i64 %a, i64 %b, i64 %c, i64 %d, i64 %e) #19`,
  pvalidate: `%r = call { i8, i32 } asm sideeffect ".byte 0xF2, 0x0F, 0x01, 0xFF\\0A\\09\\0A\\09/* output condition code c*/\\0A", "={@ccc},={ax},{ax},{cx},{dx},~{memory},~{cc},~{dirflag},~{fpsr},~{flags}"(i64 %x, i1 false, i1 %v) #19`,
  rmpadjust: `%r = call i32 asm sideeffect ".byte 0xF3,0x0F,0x01,0xFE\\0A\\09", "={ax},{ax},{cx},{dx},~{memory},~{cc},~{dirflag},~{fpsr},~{flags}"(i64 %x, i1 false, i64 1) #19`,
  "hypercall of Hyper-V": `%r = call { i64, i64, i64, i64 } asm sideeffect "mov $4, %r8\\0Acall *$5\\0A", "={ax},={rsp},={cx},={dx},r,rm,{rsp},2,3,~{cc},~{memory},~{r8},~{r9},~{r10},~{r11},~{dirflag},~{fpsr},~{flags}"(i64 0, ptr nonnull %p, i64 %s, i64 153, i64 %x) #17`,
  hlt: `call void asm sideeffect "hlt\\0A", ${END}() #19`,
  "mov from CR0, CR3 or CR4": `%r = call i64 asm sideeffect "mov %cr4,$0\\0A\\09", "=r,*m,~{dirflag},~{fpsr},~{flags}"(ptr nonnull elementtype(i32) inttoptr (i64 4096 to ptr)) #19`,
  "mov to CR2": `call void asm sideeffect "mov $0,%cr2", "r,~{memory},~{dirflag},~{fpsr},~{flags}"(i64 %x) #19`,
  xgetbv: `%r = call { i32, i32 } asm sideeffect "xgetbv", "={ax},={dx},{cx},~{dirflag},~{fpsr},~{flags}"(i32 0) #19`,
  "a segment's selector": `%r = call i16 asm sideeffect "movl %cs, %eax;", "={ax},~{dirflag},~{fpsr},~{flags}"() #17`,
  "verw, clflush for the monitor, notes for objtool": `tail call void asm sideeffect "verw $0", "*m,~{cc},~{dirflag},~{fpsr},~{flags}"(ptr nonnull elementtype(i16) @ds) #16`,
  "monitor, mwait, halt until an interrupt": `tail call void asm sideeffect ".byte 0x0f, 0x01, 0xc8;", "{ax},{cx},{dx},~{dirflag},~{fpsr},~{flags}"(ptr %1, i64 0, i64 0) #16`,
  "restart by real mode or triple fault": `tail call void asm sideeffect "ljmpl *$0", "*m,{di},~{dirflag},~{fpsr},~{flags}"(ptr elementtype(i32) %p, i32 %type) #7`,
  sgdt: `call void asm sideeffect "sgdt $0", "=*m,~{dirflag},~{fpsr},~{flags}"(ptr nonnull elementtype(%struct.desc_ptr) %p) #17`,
  get_user: `%r = call { ptr, i16, i64 } asm sideeffect "call __get_user_nocheck_\${4:c}", "={ax},={rdx},={rsp},0,i,{rsp},~{dirflag},~{fpsr},~{flags}"(ptr %p, i64 2, i64 %s) #19`,
  "runtime_const_ptr(USER_PTR_MAX)": `%r = tail call i64 asm "mov $1,$0\\0A1:\\0A.pushsection runtime_ptr_USER_PTR_MAX,\\22a\\22\\0A", "=r,i,i,~{dirflag},~{fpsr},~{flags}"(i64 81985529216486895, i64 8)`,
  "stac, clac, barrier_nospec": `tail call void asm sideeffect "# ALT: oldinstr\\0A771:\\0A# ALT: replacement\\0A774:\\0A\\09.byte 0x0f,0x01,0xcb\\0A775:\\0A", ${END}() #6`,
  "add, adc to one register": `%r = tail call i64 asm "addq 0*8($1),$0\\0A\\09adcq 1*8($1),$0\\0A\\09adcq $$0,$0", "=r,r,*m,0,~{dirflag},~{fpsr},~{flags}"(ptr %p, ptr elementtype([16 x i8]) %p, i64 %x) #2`,
  ip_fast_csum: `%r = tail call { i32, ptr, i32 } asm "  movl ($1), $0\\0A  subl $$4, $2\\0A  jbe 2f\\0A", "=r,=r,=r,1,2,~{memory},~{dirflag},~{fpsr},~{flags}"(ptr %p, i32 5) #10`,
  "rep stos": `%r = tail call { ptr, i64 } asm sideeffect "rep stosw", "={di},={cx},{ax},0,1,~{memory},~{dirflag},~{fpsr},~{flags}"(i16 7, ptr %p, i64 %n) #14`,
  put_user: `%r = call { ptr, i64 } asm sideeffect "call __put_user_nocheck_\${4:c}", "={cx},={rsp},0,{rax},i,{rsp},~{ebx},~{dirflag},~{fpsr},~{flags}"(ptr %p, i8 %v, i64 1, i64 %s) #19`,
  "mov to memory (MMIO)": `call void asm sideeffect "movw $0,$1", "r,*m,~{memory},~{dirflag},~{fpsr},~{flags}"(i16 %v, ptr elementtype(i16) %p) #19`,
  "clflush, clflushopt, clwb": `tail call void asm sideeffect "# ALT: oldinstr\\0A771:\\0A\\09.byte 0x3e; clflush $0\\0A772:\\0A", "=*m,i,*m,~{dirflag},~{fpsr},~{flags}"(ptr elementtype(i8) %p, i32 0, ptr elementtype(i8) %p) #13`,
  wbinvd: `tail call void asm sideeffect "wbinvd", ${END}() #12`,
  invlpg: `call void asm sideeffect "invlpg ($0)", "r,~{memory},~{dirflag},~{fpsr},~{flags}"(i64 %x)`,
  "mov to CR3": `call void asm sideeffect "mov $0,%cr3", "r,~{memory},~{dirflag},~{fpsr},~{flags}"(i64 %x)`,
  "in from a port": `%r = call i8 asm sideeffect "inb \${1:w}, \${0:b}", "={ax},N{dx},~{dirflag},~{fpsr},~{flags}"(i16 97)`,
  "out to a port": `call void asm sideeffect "outb \${0:b}, \${1:w}", "{ax},N{dx},~{dirflag},~{fpsr},~{flags}"(i8 1, i16 97)`,
  RIP_REL_REF: `%r = call ptr asm "leaq \${1:c}(%rip), $0", "=r,i,~{dirflag},~{fpsr},~{flags}"(ptr nonnull @cc_mask)`,
  rdmsr: `%r = tail call { i64, i64 } asm sideeffect "1: rdmsr\\0A2:\\0A .pushsection \\22__ex_table\\22", "={ax},={dx},{cx},~{dirflag},~{fpsr},~{flags}"(i32 631) #15`,
  wrmsr: `tail call void asm sideeffect "1: wrmsr\\0A2:\\0A .pushsection \\22__ex_table\\22", "{cx},{ax},{dx},~{memory},~{dirflag},~{fpsr},~{flags}"(i32 631, i32 %a, i32 %b) #15`,
  "paravirt call": `%r = tail call { i64, i64, i64, i64, i64 } asm sideeffect "# ALT: oldinstr\\0A771:\\0A\\09call *$5;\\0A774:\\0A\\09call BUG_func\\0A775:\\0A", "={di},={si},={dx},={cx},={rsp},*m,{di},{si},{rsp},~{memory},~{cc}"(ptr nonnull elementtype(ptr) getelementptr inbounds (i8, ptr @pv_ops, i64 56), i64 %x, i64 %y, i64 %z) #15`,
  rdrand: `%r = tail call { i8, i64 } asm sideeffect "rdrand $1\\0A\\09/* output condition code c*/\\0A", "={@ccc},=r,~{dirflag},~{fpsr},~{flags}"() #12`,
  "bug table entry": `tail call void asm sideeffect "1:\\09.byte 0x0f, 0x0b\\0A.pushsection __bug_table,\\22aw\\22\\0A2:\\0A", "i,i,i,i,~{dirflag},~{fpsr},~{flags}"(ptr nonnull @.str.2, i32 236, i32 2313, i64 12) #12`,
  clear_page: `%r = tail call { i64, ptr } asm sideeffect "call \${2:c}\\0A\\09call \${3:c}\\0A\\09call \${4:c}\\0A", "={rsp},={di},i,i,i,{di},{rsp},~{cc},~{memory},~{rax},~{rcx},~{dirflag},~{fpsr},~{flags}"(ptr nonnull @clear_page_orig, ptr nonnull @clear_page_rep, ptr nonnull @clear_page_erms, ptr %p, i64 %x) #10`,
  "movntdqa copy": `tail call void asm sideeffect "movntdqa ($0), %xmm0\\0Amovaps %xmm0, ($1)\\0A", "r,r,~{memory},~{dirflag},~{fpsr},~{flags}"(ptr %p, ptr %q) #6`,
  "add/sub/and/or/xor/inc/dec on memory": `tail call void asm sideeffect "addq $1,$0", "=*m,er,*m,~{memory},~{dirflag},~{fpsr},~{flags}"(ptr elementtype(i64) %p, i64 %x, ptr elementtype(i64) %p) #13`,
  xadd: `%r = tail call i32 asm sideeffect "xaddl $0, $1\\0A", "=r,=*m,0,*m,~{memory},~{cc},~{dirflag},~{fpsr},~{flags}"(ptr elementtype(i32) %p, i32 1, ptr elementtype(i32) %p) #8`,
  xchg: `%r = call i32 asm sideeffect "xchgl $0, $1\\0A", "=r,=*m,0,*m,~{memory},~{cc},~{dirflag},~{fpsr},~{flags}"(ptr elementtype(i32) %p, i32 1, ptr elementtype(i32) %p) #18`,
  cmpxchg: `%r = call i64 asm sideeffect "cmpxchgq $2,$1", "={ax},=*m,r,0,*m,~{memory},~{dirflag},~{fpsr},~{flags}"(ptr elementtype(i64) %p, i64 5, i64 %x, ptr elementtype(i64) %p) #10`,
  try_cmpxchg: `%r = call { i8, i64 } asm sideeffect "cmpxchgq $3, $1\\0A\\09/* output condition code z*/\\0A", "={@ccz},=*m,={ax},r,*m,2,~{memory},~{dirflag},~{fpsr},~{flags}"(ptr elementtype(i64) %p, i64 %y, ptr elementtype(i64) %p, i64 %x) #15`,
  "bt/bts/btr/btc on memory": `%r = tail call i8 asm sideeffect " btsq  $2, $0\\0A\\09/* output condition code c*/\\0A", "=*m,={@ccc},Ir,*m,~{memory},~{dirflag},~{fpsr},~{flags}"(ptr elementtype(i64) %p, i64 5, ptr elementtype(i64) %p) #13`,
  "mov from memory (per-CPU variables, MMIO)": `%r = tail call i64 asm "movq \${1:a}, $0", "=r,i,~{dirflag},~{fpsr},~{flags}"(ptr nonnull @pcpu_hot) #20`,
  "mov to memory (per-CPU variables)": `call void asm "movl $1,$0", "=*m,ri,~{dirflag},~{fpsr},~{flags}"(ptr elementtype(i32) %p, i32 7)`,
  load_unaligned_zeropad: `%r = tail call i64 asm sideeffect "1:\\09mov $1, $0\\0A2:\\0A .pushsection \\22__ex_table\\22", "=r,*m,~{dirflag},~{fpsr},~{flags}"(ptr elementtype(i64) %p) #4`,
};

describe("forms of inline assembly", () => {
  it.each(Object.entries(CALLS))("%s is recognised", (name, line) => {
    const call = parseAsmCall(`  ${line}`, "")!;
    expect(findForm(call.template, call.constraints)?.form.name).toBe(name);
    expect(lower(line).some((l) => l.includes(" asm "))).toBe(false);
  });

  it("has an example of every form but those that jump, which are below", () => {
    expect(ASM_FORMS.map((f) => f.name).filter((n) => !n.startsWith("arm64 ") && !(n in CALLS))).toEqual(["static_cpu_has", "stgi, vmxoff"]);
  });

  it("pvalidate has its two results in one", () => {
    expect(body(CALLS["pvalidate"]!)).toEqual([
      "%cbit0.0 = zext i1 %v to i32",
      "%cbit0.1 = call i64 @cbit_pvalidate(i64 %x, i32 0, i32 %cbit0.0)",
      "%cbit0.2 = lshr i64 %cbit0.1, 32",
      "%cbit0.3 = trunc i64 %cbit0.2 to i8",
      "%cbit0.4 = trunc i64 %cbit0.1 to i32",
      "%cbit0.5 = insertvalue { i8, i32 } poison, i8 %cbit0.3, 0",
      "%r = insertvalue { i8, i32 } %cbit0.5, i32 %cbit0.4, 1",
    ]);
  });

  it("a hypercall passes control, input and output, in the page's code or not", () => {
    expect(body(CALLS["hypercall of Hyper-V"]!)[0]).toBe("%cbit0.0 = call i64 @cbit_hypercall(i64 153, i64 %x, i64 0)");
    const direct = CALLS["hypercall of Hyper-V"]!.replace("call *$5\\0A", "vmmcall").replace("r,rm,{rsp}", "r,{rsp}").replace("ptr nonnull %p, ", "");
    expect(body(direct)[0]).toBe("%cbit0.0 = call i64 @cbit_hypercall(i64 153, i64 %x, i64 0)");
  });

  it("xadd gives the old value and stores the sum", () => {
    expect(body(CALLS["xadd"]!)).toEqual([
      "%cbit0.0 = load i32, ptr %p, align 1",
      "%cbit0.1 = add i32 %cbit0.0, 1",
      "store i32 %cbit0.1, ptr %p, align 1",
      "%r = add i32 %cbit0.0, 0",
    ]);
  });

  it("cmpxchg stores only where the old value was expected", () => {
    expect(body(CALLS["cmpxchg"]!)).toEqual([
      "%cbit0.0 = load i64, ptr %p, align 1",
      "%cbit0.1 = icmp eq i64 %cbit0.0, %x",
      "%cbit0.2 = select i1 %cbit0.1, i64 5, i64 %cbit0.0",
      "store i64 %cbit0.2, ptr %p, align 1",
      "%r = add i64 %cbit0.0, 0",
    ]);
  });

  it("a cmpxchg of pointers gives a pointer", () => {
    const line = CALLS["try_cmpxchg"]!.replaceAll("{ i8, i64 }", "{ i8, ptr }").replace("i64 %y", "ptr %y").replace("i64 %x", "ptr %x");
    expect(body(line).join("\n")).toContain("inttoptr i64 %cbit0.2 to ptr");
  });

  it("a narrow operand of a wide register is cut to size", () => {
    const line = `tail call void asm sideeffect "orb \${1:b},$0", "=*m,iq,*m,~{memory},~{dirflag},~{fpsr},~{flags}"(ptr elementtype(i8) %p, i32 4, ptr elementtype(i8) %p)`;
    expect(body(line)[0]).toBe("%cbit0.0 = trunc i32 4 to i8");
  });

  it("dec with a condition code tells whether the result is zero", () => {
    const line = `%r = tail call i8 asm sideeffect "decl $0\\0A\\09/* output condition code e*/\\0A", "=*m,={@cce},*m,~{memory},~{dirflag},~{fpsr},~{flags}"(ptr elementtype(i32) %p, ptr elementtype(i32) %p)`;
    expect(body(line).slice(1, 4)).toEqual(["%cbit0.1 = sub i32 %cbit0.0, 1", "store i32 %cbit0.1, ptr %p, align 1", "%cbit0.2 = icmp eq i32 %cbit0.1, 0"]);
  });

  it("bsr of zero leaves what was there", () => {
    expect(body(CALLS["bsr"]!).join("\n")).toContain("select i1 %cbit0.3, i32 -1, i32 %cbit0.2");
  });

  it("bug entries keep file, line and flags", () => {
    expect(body(CALLS["bug table entry"]!)).toEqual(["call void @cbit_bug(ptr @.str.2, i32 236, i32 2313)"]);
  });

  it("an instruction of a CPU without virtualization goes to its fixup, and keeps both edges", () => {
    const line = `callbr void asm sideeffect "1: stgi\\0A\\09 .pushsection \\22__ex_table\\22,\\22a\\22\\0A .long (\${0:l}) - .\\0A .popsection\\0A", "!i,~{memory},~{dirflag},~{fpsr},~{flags}"() #8`;
    expect(lower(line, "          to label %a [label %b], !srcloc !12")).toContain("switch i32 1, label %a [ i32 1, label %b ]");
  });

  it("static_cpu_has keeps all three edges", () => {
    const line = `callbr void asm sideeffect "jmp 6f\\0A6:\\0A testb $1, \${2:a}\\0A jnz \${3:l}\\0A jmp \${4:l}\\0A", "i,i,i,!i,!i,~{dirflag},~{fpsr},~{flags}"(i16 618, i32 4, ptr nonnull getelementptr inbounds (i8, ptr @boot_cpu_data, i64 125)) #12`;
    const out = lower(line, "          to label %a [label %a, label %b], !srcloc !12");
    expect(out).toContain("%cbit0.1 = load i8, ptr getelementptr inbounds (i8, ptr @boot_cpu_data, i64 125)");
    expect(out.at(-2)).toBe("switch i32 %cbit0.4, label %a [ i32 1, label %a i32 2, label %b ]");
  });

  it("knows the spelling of 6.1", () => {
    const calls: readonly (readonly [string, string, string?])[] = [
      ["clear_page", `%r = tail call { ptr, i64 } asm sideeffect "# ALT: oldinstr2\\0A\\09call \${2:P}\\0A\\09call \${3:P}\\0A\\09call \${4:P}\\0A", "={di},={rsp},i,i,i,0,{rsp},~{cc},~{memory}"(ptr nonnull @clear_page_orig, ptr nonnull @clear_page_rep, ptr nonnull @clear_page_erms, ptr %p, i64 %x)`],
      ["clflush, clflushopt, clwb", `tail call void asm sideeffect "# ALT: oldnstr\\0A661:\\0A\\09.byte 0x3e; clflush \${0:P}\\0A662:\\0A", "=*m,i,*m,~{dirflag}"(ptr elementtype(i8) %p, i32 0, ptr elementtype(i8) %p)`],
      ["mov from memory (per-CPU variables, MMIO)", `%r = tail call i64 asm "movq \${1:P}, $0", "=r,p,~{dirflag}"(ptr nonnull @current_task)`],
      ["paravirt call", `%r = call { i64, i64, i64, i64, i64 } asm sideeffect "771:\\0A\\09call *$6;\\0A772:\\0A.pushsection .parainstructions,\\22a\\22\\0A", "={di},={si},={dx},={cx},={rsp},i,*m,i,{di},{si},{dx},{rsp},~{memory},~{cc}"(i64 7, ptr nonnull elementtype(ptr) getelementptr inbounds (i8, ptr @pv_ops, i64 56), i32 511, i64 %a, i64 %b, i64 %c, i64 %d)`],
    ];
    for (const [name, line] of calls) {
      const { template, constraints } = parseAsmCall(line, "")!;
      expect(findForm(template, constraints)?.form.name).toBe(name);
    }
    expect(body(calls[0]![1]).at(-1)).toBe("%r = insertvalue { ptr, i64 } %cbit0.1, i64 %x, 1");
    expect(body(calls[3]![1])[0]).toBe("call void @cbit_paravirt_call(ptr getelementptr inbounds (i8, ptr @pv_ops, i64 56), i64 %a, i64 %b, i64 %c, i64 0)");
  });

  it.each(["cbit_steps_reset", "llvm.wasm.memory.grow.i64"])("a tree must not name %s", (name) => {
    for (const symbol of [`@${name}`, `@"\\01${name}"`]) expect(() => lower(`call void ${symbol}()`)).toThrow(`a/b.c: it uses the name ${name}, which is one of cbit's own`);
  });

  it("an unknown form stops with its text, file and function", () => {
    expect(() => lower(`call void asm sideeffect "vmcall", ${END}()`)).toThrow(/a\/b\.c: f\(\) has inline assembly of a form that is not known: sideeffect "vmcall"/);
  });
});

describe("variable arguments", () => {
  it("widens what is narrower than a slot", () => {
    expect(body('%r = call i32 (ptr, ...) @_printk(ptr noundef @.str, i32 noundef %x, i32 noundef 5, ptr noundef %p) #9')).toEqual([
      "%cbit0.v1 = zext i32 %x to i64",
      "%r = call i32 (ptr, ...) @_printk(ptr noundef @.str, i64 %cbit0.v1, i64 5, ptr noundef %p)",
    ]);
  });

  it("builds a tag whose registers are used up", () => {
    const out = body("call void @llvm.va_start.p0(ptr nonnull %ap)");
    expect(out[0]).toBe("%cbit0.cell = alloca ptr, align 8");
    expect(out).toContain("store i32 48, ptr %ap");
  });
});

describe("volatile accesses", () => {
  const text = "define i32 @f(ptr %p) {\n  store volatile i32 12, ptr %p, align 4\n  %v = load volatile i32, ptr %p, align 4\n  ret i32 %v\n}\n";

  it("of drivers may reach contents of pages", () => {
    expect(lowerModule(text, "guest/driver-vmwgfx/probe.c")).toContain(
      "  %cbit0.wide = zext i32 12 to i64\n  call void @cbit_volatile_store(ptr %p, i64 %cbit0.wide, i32 4)\n  %cbit1.wide = call i64 @cbit_volatile_load(ptr %p, i32 4)\n  %v = trunc i64 %cbit1.wide to i32\n",
    );
  });

  it("may name an address that is an expression", () => {
    const at = "getelementptr inbounds (i8, ptr @x, i64 8)";
    const out = lowerModule(`@x = global i64 0\ndefine void @f() {\n  store volatile i64 0, ptr ${at}, align 8\n  ret void\n}\n`, "guest/driver-amdgpu/probe.c");
    expect(out).toContain(`  call void @cbit_volatile_store(ptr ${at}, i64 0, i32 8)\n`);
  });

  it("of others are what they are", () => {
    expect(lowerModule(text, "kernel/dma/pool.c")).not.toContain("cbit_volatile");
    expect(lowerModule(text, "guest/driver-generic/driver.c")).toBe(text + "\n");
  });
});

describe("modules", () => {
  it("drops target, module assembly, tables and x86 attributes", () => {
    const text = [
      'target triple = "x86_64-unknown-linux-gnu"',
      'module asm ".section .export_symbol"',
      '@__UNIQUE_ID = internal global ptr @f, section ".discard.addressable", align 8',
      '@x = global i64 0, section ".data..read_mostly", align 8',
      'define void @f() section ".init.text" {',
      "  ret void",
      "}",
      'attributes #0 = { noredzone "target-cpu"="x86-64" "no-builtin-wcslen" }',
    ];
    expect(lowerModule(text.join("\n"), "a.c").trim().split("\n")).toEqual(["@x = global i64 0, align 8", "define void @f() {", "  ret void", "}", "attributes #0 = { noredzone }"]);
  });

  it("gives initcalls an external name", () => {
    const text = 'module asm "__initcall__kmod_pool__1_2_init2:\\09"\nmodule asm ".long\\09init - .\\09"\ndefine internal i32 @init() {\n  ret i32 0\n}\n';
    expect(lowerModule(text, "a.c")).toContain("define i32 @init()");
  });
});
