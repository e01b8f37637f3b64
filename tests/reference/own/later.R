# Own cases for what survey 4.1 does not have: run with survey 4.5 or later, from the root of the
# clone:   Rscript tests/reference/own/later.R      (needs survey, jsonlite; helpers of models.R)
lines <- readLines("tests/reference/own/models.R")
lines <- lines[seq_len(grep("^for \\(kind in", lines) - 1)]
note <- function(name) sub("models.R", "later.R", name, fixed = TRUE)
eval(parse(text = note(lines)), globalenv())

for (which in c("wave2", "jkn")) write_case(paste0("own_chisq_", which, "_wls"), get(which), "chisq",
  list(row = "age", col = "score", statistic = "wls-score"),
  c(list(wave2 = calls2, jkn = callsj)[[which]], "svychisq(~age+score, des, statistic=\"wls-score\")"), test_of)
share_of <- function(e, des) list(estimate = I(as.numeric(e)), se = I(as.numeric(SE(e))),
  ci_lower = I(confint(e)[1]), ci_upper = I(confint(e)[2]), df = degf(des))
write_case("own_ciprop_likelihood_of_replicates", jkn, "ciprop", list(event = "online==1", method = "likelihood", level = 0.9),
  c(callsj, "svyciprop(~I(online==1), des, method=\"likelihood\", level=0.9)"), share_of)
