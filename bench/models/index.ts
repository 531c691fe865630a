// SPDX-License-Identifier: MIT
import { buffers } from "./buffers.ts";
import { iotlb } from "./iotlb.ts";
import type { Model } from "./model.ts";
import { pageState } from "./page-state.ts";
import { swiotlb } from "./swiotlb.ts";

/** The models that the tools are compared on, the one of the targets first. */
export const MODELS: readonly Model[] = [buffers, swiotlb, pageState, iotlb];
