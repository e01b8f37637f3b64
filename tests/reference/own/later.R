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

# Calibration inside the schools' districts, from totals of each district that was drawn.
apiclus2 <- read.csv(file.path(here, "data/apiclus2.csv"), stringsAsFactors = TRUE)
two_stages <- "des <- svydesign(id=~dnum+snum, fpc=~fpc1+fpc2, data=apiclus2)"
in_districts <- function(model, column, factor) {
  cells <- split(apiclus2, apiclus2$dnum)
  lapply(cells, function(d) setNames(list(round(factor * d$fpc2[1] * if (column == "(Intercept)") 1 else mean(d[[column]]), 6)), column))
}
inside <- list(
  sizes = list(op = "calibrate", model = "1", totals = in_districts("1", "(Intercept)", 1.1), stage = 1),
  scores = list(op = "calibrate", model = "0+api99", totals = in_districts("0+api99", "api99", 1.02), stage = 1))
types <- c("(Intercept)" = 6194, stypeH = 755, stypeM = 1018)
known_types <- list(op = "calibrate", model = "stype", totals = as.list(types), calfun = "linear")
spec <- function(...) list(ids = I(c("dnum", "snum")), fpc = I(c("fpc1", "fpc2")), steps = unname(list(...)))
numbers_of <- function(e, des) { v <- vcov(e); r <- list(terms = I(names(coef(e))), estimate = I(as.numeric(coef(e))), se = I(as.numeric(SE(e)))); if (length(coef(e)) > 1) r$vcov <- unname(matrix(v, nrow(v))); r }
write_inside <- function(name, steps, estimator, args, call, expected_of) {
  env <- globalenv(); eval(parse(text = two_stages), env); calls <- two_stages
  for (step in steps) {
    line <- if (is.null(step$stage)) "des <- calibrate(des, ~stype, population=types)" else
      sprintf("des <- calibrate(des, ~%s, population=lapply(unique(des$cluster[,1]), function(k) unlist(totals[[as.character(k)]])), stage=1)", step$model)
    assign("totals", step$totals, env); eval(parse(text = line), env); calls <- c(calls, line)
  }
  case <- list(name = name, dataset = "apiclus2", design = do.call(spec, steps), estimator = estimator, args = args,
    expected = expected_of(eval(parse(text = call), env), env$des), tolerance = list(rel = 1e-8, abs = 1e-9),
    r_call = I(c(calls, call)), parity = "match", note = "expected numbers by tests/reference/own/later.R")
  writeLines(toJSON(case, auto_unbox = TRUE, digits = NA, na = "string", null = "null", pretty = TRUE), file.path(here, "own", paste0(name, ".json")))
}
table_of <- function(b, des) list(groups = list(stype = I(as.character(b$stype))), columns = list(api00 = I(b$api00), se = I(b$se)))
write_inside("own_within_sizes_total", inside["sizes"], "total", list(vars = I(c("api00", "meals"))), "svytotal(~api00+meals, des)", numbers_of)
write_inside("own_within_scores_by", inside["scores"], "by", list(vars = I("api00"), by = I("stype"), stat = "svymean"), "svyby(~api00, ~stype, des, svymean)", table_of)
write_inside("own_within_then_population", list(inside$scores, known_types), "mean", list(vars = I(c("api00", "ell"))), "svymean(~api00+ell, des)", numbers_of)
write_inside("own_within_glm", list(inside$sizes), "glm", list(formula = "api00~ell+stype", family = "gaussian()"), "svyglm(api00~ell+stype, des)", glm_of)
