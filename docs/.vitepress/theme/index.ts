// SPDX-License-Identifier: MIT
/** VitePress's own theme, lightly touched. */

import DefaultTheme from "vitepress/theme";
import "./style.css";

export default DefaultTheme;
