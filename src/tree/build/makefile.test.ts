// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { objectsOf, onlyAdds } from "./makefile.ts";

const TEXT = `# SPDX-License-Identifier: GPL-2.0

obj-$(CONFIG_DRM_X_KUNIT_TEST) += \\
        one_test.o \\
        two_test.o	# the second
obj-y += always.o folder/
pair_tests-y = pair_test.o random.o
obj-$(CONFIG_PAIR_KUNIT_TEST) += pair_tests.o
CFLAGS_one_test.o := -DX
ifdef CONFIG_Z
obj-m += module.o
endif
`;

describe("a makefile of kbuild's", () => {
  it("says which objects there are, and for which options", () => {
    expect(objectsOf(TEXT)).toEqual([
      { name: "one_test", option: "DRM_X_KUNIT_TEST" },
      { name: "two_test", option: "DRM_X_KUNIT_TEST" },
      { name: "always", option: null },
      { name: "pair_test", option: "PAIR_KUNIT_TEST" },
      { name: "random", option: "PAIR_KUNIT_TEST" },
      { name: "module", option: null },
    ]);
  });

  it("that only has objects more builds the others as before", () => {
    const added = new Set(["new_test"]);
    expect(onlyAdds(TEXT, TEXT.replace("two_test.o", "two_test.o new_test.o"), added)).toBe(true);
    expect(onlyAdds(TEXT, `${TEXT}obj-$(CONFIG_NEW_KUNIT_TEST) += new_test.o\n`, added)).toBe(true);
    expect(onlyAdds(TEXT, TEXT.replace("two_test.o", "new_test.o"), added)).toBe(false);
    expect(onlyAdds(TEXT, `${TEXT}obj-y += other.o\n`, added)).toBe(false);
    expect(onlyAdds(TEXT, TEXT.replace("-DX", "-DY"), added)).toBe(false);
    expect(onlyAdds(TEXT, `${TEXT}ccflags-y += -DY\n`, added)).toBe(false);
  });
});
