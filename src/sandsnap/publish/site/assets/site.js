/* On every page, before the body: tells the style sheet that scripts run. */
"use strict";
document.documentElement.classList.add("js");
