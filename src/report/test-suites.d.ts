/** Cases as tests, machine by machine: what KTAP and JUnit write down. */
import type { About } from "./about.ts";
import type { CheckReport, CompareReport } from "./reports.ts";
import type { LitmusFile } from "./text-run.ts";
/** One case as a test. */
export interface Test {
    readonly name: string;
    readonly status: "ok" | "not ok" | "skip";
    /** Why it is skipped, or what is wrong, in one line; empty where there is nothing to say. */
    readonly reason: string;
    /** What is wrong in a word: the rule; empty where nothing is. */
    readonly kind: string;
    /** What else there is to tell, line by line. */
    readonly lines: readonly string[];
}
/** The tests of one machine, or of one litmus file. */
export interface Suite {
    readonly name: string;
    readonly tests: readonly Test[];
}
/** All suites, with what they are about. */
export interface Suites {
    readonly name: string;
    readonly properties: readonly (readonly [string, string])[];
    readonly suites: readonly Suite[];
}
/** A suite is skipped where all its tests are, as KUnit has it. */
export declare function suiteStatus({ tests }: Suite): Test["status"];
/** `cbit check`: a case that holds is ok, a broken one not; one without a verdict is skipped. */
export declare function checkSuites(report: CheckReport, about: About): Suites;
/** `cbit compare`: what held and is broken is not ok; what was broken before may be. */
export declare function compareSuites(report: CompareReport, about: About): Suites;
/** `cbit run`: a run is ok where it came to what its file says. */
export declare function runSuites(files: readonly LitmusFile[], about: About): Suites;
