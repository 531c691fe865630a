// SPDX-License-Identifier: MIT
// AES-128 by FIPS-197's own examples; the XEX mode by its definition, worked out again here with Node's AES.
import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { physAddr } from "../base/index.ts";
import { domainKey, keySchedule, xexDecrypt, xexEncrypt } from "./cipher.ts";
import { DOMAIN_HOST, DOMAIN_LOST, DOMAIN_REALM, DOMAIN_TD, DOMAIN_VM, type Domain } from "./domains.ts";
import { TestMachine } from "./test-machine.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const words = (b: Uint8Array): Uint32Array => new Uint32Array(b.slice().buffer);
const hex = (w: Uint32Array): string => Buffer.from(w.slice().buffer).toString("hex");
const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((x, i) => x ^ b[i]!);

function aes(key: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
  return Uint8Array.from(Buffer.concat([cipher.update(block), cipher.final()]));
}

/** [key, plain text, cipher text] of FIPS-197 appendix B and appendix C.1. */
const FIPS197 = [
  ["2b7e151628aed2a6abf7158809cf4f3c", "3243f6a8885a308d313198a2e0370734", "3925841d02dc09fbdc118597196a0b32"],
  ["000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff", "69c4e0d86a7b0430d8cdb78070b4c55a"],
] as const;

describe("AES-128", () => {
  // Below address 16 no tweak bit is set: T(pa) is zero and what is left is AES.
  it.each(FIPS197)("with key %s turns %s into %s, and back", (key, plain, cipher) => {
    const schedule = keySchedule(bytes(key), 1);
    const block = words(bytes(plain));
    xexEncrypt(block, physAddr(0), schedule);
    expect(hex(block)).toBe(cipher);
    xexDecrypt(block, physAddr(0), schedule);
    expect(hex(block)).toBe(plain);
  });
});

describe("XEX", () => {
  const key = bytes("000102030405060708090a0b0c0d0e0f");
  const schedule = keySchedule(key, 1);
  const plain = "00112233445566778899aabbccddeeff";
  /** T(pa): the XOR of one constant for each set bit from bit 4 up. */
  const tweak = (pa: number): Uint8Array => {
    let t: Uint8Array = new Uint8Array(16);
    for (let bit = 4; bit <= 51; bit++) {
      if (Math.floor(pa / 2 ** bit) % 2 === 1) t = xor(t, Uint8Array.from(Buffer.from(schedule.tweaks.slice((bit - 4) * 4, (bit - 3) * 4).buffer)));
    }
    return t;
  };
  const encrypted = (pa: number, text = plain): string => {
    const block = words(bytes(text));
    xexEncrypt(block, physAddr(pa), schedule);
    return hex(block);
  };

  it("is AES(m ^ T(pa)) ^ T(pa), the tweak on both sides of the cipher: not XE, which has it in front only", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 48 - 1 }), (block) => {
        const pa = block * 16;
        const inner = aes(key, xor(bytes(plain), tweak(pa)));
        const xex = Buffer.from(xor(inner, tweak(pa))).toString("hex");
        expect(encrypted(pa)).toBe(xex);
        expect(encrypted(pa)).not.toBe(Buffer.from(inner).toString("hex"));
      }),
    );
  });

  it("has one 128-bit tweak constant for each address bit, all different", () => {
    const constants = Array.from({ length: 48 }, (_, i) => schedule.tweaks.slice(i * 4, i * 4 + 4).join());
    expect(new Set(constants).size).toBe(48);
    expect(schedule.tweaks.length).toBe(48 * 4);
    expect(schedule.tweaks.every((w) => w !== 0)).toBe(true);
  });

  it("gives the same block at the same place the same bytes, at another place others: no nonce, no chaining", () => {
    expect(encrypted(0x1000)).toBe(encrypted(0x1000));
    expect(new Set([0x1000, 0x1010, 0x2000, 2 ** 40, 2 ** 51].map((pa) => encrypted(pa))).size).toBe(5);
  });

  it("does not look at the lowest four address bits", () => {
    expect(encrypted(0x100f)).toBe(encrypted(0x1000));
  });

  it("spreads one changed bit over its whole block", () => {
    const changed = xor(bytes(encrypted(0x1000)), bytes(encrypted(0x1000, "01112233445566778899aabbccddeeff")));
    expect([...changed].filter((b) => b !== 0).length).toBeGreaterThan(12);
  });
});

describe("keys", () => {
  it("differ between domains, the lost one's too", () => {
    const domains: readonly Domain[] = [DOMAIN_HOST, DOMAIN_VM, DOMAIN_TD, DOMAIN_REALM, DOMAIN_LOST];
    const made = domains.map((domain) => {
      const block = new Uint32Array(4);
      xexEncrypt(block, physAddr(0), domainKey(domain));
      return hex(block);
    });
    expect(new Set(made).size).toBe(5);
  });

  it.each(["sme-zen2", "sme-zen3"])("on %s the C-bit selects the key and is no part of the tweak", (platform) => {
    const t = new TestMachine({ platform });
    const block = Uint32Array.of(7, 8, 9, 10);
    t.write(t.map(1, 0x11, true), 7);
    t.hostRead(0x11);
    xexEncrypt(block, physAddr(0x11000), domainKey(DOMAIN_HOST));
    expect(t.bytes).toBe(hex(block));
  });
});
