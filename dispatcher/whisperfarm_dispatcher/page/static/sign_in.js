// Leads to the sign-in in another tab, so that what is on this page stays.

export function offerSignIn(message, next) {
  const link = document.createElement("a");
  link.href = location.pathname;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = "Sign in in another tab";
  message.replaceChildren("Your session has ended. ", link, `, ${next}`);
}
