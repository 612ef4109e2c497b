"""Invented content of the synthetic reports: names, laboratory items, findings.

Every hospital, person, value and sentence here is made up for this example.  Numbers inside braces,
such as ``{3-9}`` or ``{0.6-1.4}``, are slots that `compose.py` fills at random.
"""

from __future__ import annotations

from typing import NamedTuple


class Item(NamedTuple):
    """One quantitative item of a laboratory panel; ``None`` marks an open end of the range."""

    code: str
    zh: str
    en: str
    unit: str
    low: float | None
    high: float | None
    digits: int = 1
    method: str = ""


class Qualitative(NamedTuple):
    """One qualitative item: the usual result, the reference, and abnormal results."""

    code: str
    zh: str
    en: str
    normal: tuple[str, str]
    abnormal: tuple[tuple[str, str], ...]
    unit: str = ""


class Case(NamedTuple):
    """The free text of one report without a laboratory table."""

    department: str
    exam: str
    site: str
    description: str
    diagnosis: str
    advice: str = ""
    others: str = ""


SURNAMES_ZH = "林苏程谢邹沈韩唐冯于董萧曹袁邓许傅曾彭吕"
# Given names for men and for women.
GIVEN_ZH = (
    ("思远", "建国", "浩然", "文博", "志强", "永福", "明轩", "俊杰", "海波", "磊", "涛", "子墨"),
    ("雨桐", "桂芳", "秀兰", "晓燕", "丽娟", "佳怡", "淑珍", "春梅", "玉华", "诗涵", "欣", "静"),
)
GIVEN_EN = (
    ("Peter", "Samuel", "Victor", "Martin", "Oscar", "Edwin", "Hugh", "Leon"),
    ("Nora", "Alice", "Grace", "Helen", "Irene", "Julia", "Clara", "Paula"),
)
SURNAMES_EN = [
    "Whitlow",
    "Harker",
    "Dunmore",
    "Castell",
    "Pembrook",
    "Ashby",
    "Quarles",
    "Merrin",
    "Holloway",
    "Tavish",
    "Brandt",
    "Keswick",
]
HOSPITALS_ZH = (
    "松溪医学检验中心",
    "青禾市第二人民医院",
    "云栖县中心医院",
    "南浦大学附属医院",
    "江岚区人民医院",
    "安澜市中医医院",
)
HOSPITALS_EN = (
    "Lakeshore Diagnostic Laboratory",
    "Northfield Valley Hospital",
    "St. Orlan Medical Centre",
    "Harrow Hill General Hospital",
    "Meridian Family Clinic",
)
WARDS_ZH = (
    "内科门诊",
    "急诊科",
    "心血管内科",
    "消化内科",
    "呼吸内科",
    "内分泌科",
    "肾内科",
    "普外科",
    "老年医学科",
    "健康管理科",
)
WARDS_EN = (
    "Internal Medicine",
    "Emergency",
    "Cardiology",
    "Nephrology",
    "Endocrinology",
    "Family Medicine",
    "Surgery",
)
LAB_DIAGNOSES_ZH = (
    "发热待查",
    "高血压病2级",
    "2型糖尿病",
    "急性上呼吸道感染",
    "腹痛待查",
    "贫血待查",
    "体检",
    "慢性肾炎",
)
LAB_DIAGNOSES_EN = ("Fever", "Hypertension", "Type 2 diabetes", "Fatigue", "Abdominal pain", "Routine check")
LAB_NOTES_ZH = (
    "标本轻度溶血，钾结果仅供参考。",
    "空腹采血。",
    "结果已复查。",
    "标本量偏少，建议必要时重新采样。",
    "已电话通知临床。",
)
LAB_NOTES_EN = (
    "Fasting sample.",
    "Sample slightly haemolysed.",
    "Results verified by repeat analysis.",
    "Low sample volume.",
)
DISCLAIMERS_ZH = (
    "本报告仅对所检标本负责，如有疑问请于三日内与检验科联系。",
    "此结果供临床医师参考，不作为法律依据。",
    "※ 复印无效，请妥善保管。",
    "未加盖本院报告专用章无效",
)
DISCLAIMERS_EN = (
    "Results relate only to the sample tested.",
    "This report must not be copied except in full.",
    "Please discuss these results with your physician.",
    "Computer generated report, no signature required.",
)

METHODS = {
    "opt": ("激光散射法", "Flow cytometry"),
    "imp": ("电阻抗法", "Impedance"),
    "clr": ("比色法", "Colorimetric"),
    "cal": ("计算法", "Calculated"),
    "rate": ("速率法", "Kinetic"),
    "end": ("终点法", "End point"),
    "ise": ("离子选择电极法", "ISE"),
    "enz": ("酶法", "Enzymatic"),
    "ecl": ("电化学发光法", "ECLIA"),
    "clia": ("化学发光法", "CLIA"),
    "coag": ("凝固法", "Clotting"),
    "turb": ("免疫比浊法", "Turbidimetry"),
}

CBC = (
    Item("WBC", "白细胞计数", "White Blood Cells", "10^9/L", 3.5, 9.5, 2, "opt"),
    Item("NEUT%", "中性粒细胞百分比", "Neutrophils %", "%", 40, 75, 1, "opt"),
    Item("LYMPH%", "淋巴细胞百分比", "Lymphocytes %", "%", 20, 50, 1, "opt"),
    Item("MONO%", "单核细胞百分比", "Monocytes %", "%", 3, 10, 1, "opt"),
    Item("EO%", "嗜酸性粒细胞百分比", "Eosinophils %", "%", 0.4, 8.0, 1, "opt"),
    Item("BASO%", "嗜碱性粒细胞百分比", "Basophils %", "%", 0, 1, 1, "opt"),
    Item("NEUT#", "中性粒细胞绝对值", "Neutrophils", "10^9/L", 1.8, 6.3, 2, "cal"),
    Item("LYMPH#", "淋巴细胞绝对值", "Lymphocytes", "10^9/L", 1.1, 3.2, 2, "cal"),
    Item("MONO#", "单核细胞绝对值", "Monocytes", "10^9/L", 0.1, 0.6, 2, "cal"),
    Item("EO#", "嗜酸性粒细胞绝对值", "Eosinophils", "10^9/L", 0.02, 0.52, 2, "cal"),
    Item("BASO#", "嗜碱性粒细胞绝对值", "Basophils", "10^9/L", 0, 0.06, 2, "cal"),
    Item("RBC", "红细胞计数", "Red Blood Cells", "10^12/L", 3.8, 5.8, 2, "imp"),
    Item("HGB", "血红蛋白", "Haemoglobin", "g/L", 115, 175, 0, "clr"),
    Item("HCT", "红细胞压积", "Haematocrit", "%", 35, 50, 1, "cal"),
    Item("MCV", "平均红细胞体积", "Mean Cell Volume", "fL", 82, 100, 1, "imp"),
    Item("MCH", "平均血红蛋白量", "Mean Cell Haemoglobin", "pg", 27, 34, 1, "cal"),
    Item("MCHC", "平均血红蛋白浓度", "MCH Concentration", "g/L", 316, 354, 0, "cal"),
    Item("RDW-CV", "红细胞分布宽度CV", "RDW-CV", "%", 11.5, 14.5, 1, "cal"),
    Item("RDW-SD", "红细胞分布宽度SD", "RDW-SD", "fL", 37, 50, 1, "cal"),
    Item("PLT", "血小板计数", "Platelets", "10^9/L", 125, 350, 0, "imp"),
    Item("MPV", "平均血小板体积", "Mean Platelet Volume", "fL", 7.4, 12.5, 1, "imp"),
    Item("PDW", "血小板分布宽度", "Platelet Distribution Width", "fL", 9, 17, 1, "cal"),
    Item("PCT", "血小板压积", "Plateletcrit", "%", 0.11, 0.28, 2, "cal"),
    Item("P-LCR", "大型血小板比率", "Large Platelet Ratio", "%", 13, 43, 1, "cal"),
    Item("CRP", "C反应蛋白", "C-Reactive Protein", "mg/L", None, 10, 1, "turb"),
)
COAGULATION = (
    Item("PT", "凝血酶原时间", "Prothrombin Time", "s", 9.8, 12.1, 1, "coag"),
    Item("PT%", "凝血酶原活动度", "Prothrombin Activity", "%", 70, 130, 0, "cal"),
    Item("INR", "国际标准化比值", "INR", "", 0.85, 1.15, 2, "cal"),
    Item("APTT", "活化部分凝血活酶时间", "APTT", "s", 25, 31.3, 1, "coag"),
    Item("FIB", "纤维蛋白原", "Fibrinogen", "g/L", 1.8, 3.5, 2, "coag"),
    Item("TT", "凝血酶时间", "Thrombin Time", "s", 14, 21, 1, "coag"),
    Item("D-D", "D-二聚体", "D-Dimer", "mg/L", None, 0.55, 2, "turb"),
    Item("FDP", "纤维蛋白降解产物", "FDP", "mg/L", None, 5, 1, "turb"),
    Item("AT3", "抗凝血酶III", "Antithrombin III", "%", 83, 128, 0, "turb"),
)
LIVER = (
    Item("ALT", "丙氨酸氨基转移酶", "ALT", "U/L", 9, 50, 0, "rate"),
    Item("AST", "天门冬氨酸氨基转移酶", "AST", "U/L", 15, 40, 0, "rate"),
    Item("GGT", "谷氨酰转肽酶", "GGT", "U/L", 10, 60, 0, "rate"),
    Item("ALP", "碱性磷酸酶", "Alkaline Phosphatase", "U/L", 45, 125, 0, "rate"),
    Item("TBIL", "总胆红素", "Total Bilirubin", "μmol/L", 3.4, 20.5, 1, "end"),
    Item("DBIL", "直接胆红素", "Direct Bilirubin", "μmol/L", None, 6.8, 1, "end"),
    Item("IBIL", "间接胆红素", "Indirect Bilirubin", "μmol/L", 1.7, 13.7, 1, "cal"),
    Item("TP", "总蛋白", "Total Protein", "g/L", 65, 85, 1, "end"),
    Item("ALB", "白蛋白", "Albumin", "g/L", 40, 55, 1, "end"),
    Item("GLB", "球蛋白", "Globulin", "g/L", 20, 40, 1, "cal"),
    Item("A/G", "白球比", "A/G Ratio", "", 1.2, 2.4, 2, "cal"),
    Item("TBA", "总胆汁酸", "Total Bile Acids", "μmol/L", None, 10, 1, "enz"),
    Item("CHE", "胆碱酯酶", "Cholinesterase", "U/L", 5000, 12000, 0, "rate"),
    Item("LDH", "乳酸脱氢酶", "LDH", "U/L", 120, 250, 0, "rate"),
)
KIDNEY = (
    Item("UREA", "尿素", "Urea", "mmol/L", 3.1, 8.0, 2, "enz"),
    Item("CREA", "肌酐", "Creatinine", "μmol/L", 57, 97, 0, "enz"),
    Item("UA", "尿酸", "Uric Acid", "μmol/L", 208, 428, 0, "enz"),
    Item("CysC", "胱抑素C", "Cystatin C", "mg/L", 0.59, 1.03, 2, "turb"),
    Item("GLU", "葡萄糖", "Glucose", "mmol/L", 3.9, 6.1, 2, "enz"),
    Item("K", "钾", "Potassium", "mmol/L", 3.5, 5.3, 2, "ise"),
    Item("Na", "钠", "Sodium", "mmol/L", 137, 147, 1, "ise"),
    Item("Cl", "氯", "Chloride", "mmol/L", 99, 110, 1, "ise"),
    Item("Ca", "钙", "Calcium", "mmol/L", 2.11, 2.52, 2, "end"),
    Item("P", "无机磷", "Phosphate", "mmol/L", 0.85, 1.51, 2, "end"),
    Item("Mg", "镁", "Magnesium", "mmol/L", 0.75, 1.02, 2, "end"),
)
LIPIDS = (
    Item("TC", "总胆固醇", "Total Cholesterol", "mmol/L", None, 5.2, 2, "enz"),
    Item("TG", "甘油三酯", "Triglycerides", "mmol/L", None, 1.7, 2, "enz"),
    Item("HDL-C", "高密度脂蛋白胆固醇", "HDL Cholesterol", "mmol/L", 1.0, None, 2, "enz"),
    Item("LDL-C", "低密度脂蛋白胆固醇", "LDL Cholesterol", "mmol/L", None, 3.4, 2, "enz"),
    Item("ApoA1", "载脂蛋白A1", "Apolipoprotein A1", "g/L", 1.2, 1.6, 2, "turb"),
    Item("ApoB", "载脂蛋白B", "Apolipoprotein B", "g/L", 0.8, 1.1, 2, "turb"),
    Item("Lp(a)", "脂蛋白(a)", "Lipoprotein(a)", "mg/L", None, 300, 0, "turb"),
    Item("HbA1c", "糖化血红蛋白", "HbA1c", "%", 4.0, 6.0, 1, "enz"),
)
THYROID = (
    Item("TSH", "促甲状腺激素", "TSH", "mIU/L", 0.27, 4.2, 3, "ecl"),
    Item("FT3", "游离三碘甲状腺原氨酸", "Free T3", "pmol/L", 3.1, 6.8, 2, "ecl"),
    Item("FT4", "游离甲状腺素", "Free T4", "pmol/L", 12, 22, 2, "ecl"),
    Item("TT3", "三碘甲状腺原氨酸", "Total T3", "nmol/L", 1.3, 3.1, 2, "ecl"),
    Item("TT4", "甲状腺素", "Total T4", "nmol/L", 66, 181, 1, "ecl"),
    Item("TPOAb", "甲状腺过氧化物酶抗体", "Anti-TPO", "IU/mL", None, 34, 1, "ecl"),
    Item("TGAb", "甲状腺球蛋白抗体", "Anti-Thyroglobulin", "IU/mL", None, 115, 1, "ecl"),
    Item("AFP", "甲胎蛋白", "Alpha-Fetoprotein", "ng/mL", None, 7, 2, "ecl"),
    Item("CEA", "癌胚抗原", "CEA", "ng/mL", None, 5, 2, "ecl"),
    Item("CA19-9", "糖类抗原19-9", "CA 19-9", "U/mL", None, 27, 2, "ecl"),
    Item("FER", "铁蛋白", "Ferritin", "ng/mL", 30, 400, 1, "ecl"),
)
PHYSICAL = (
    Item("HT", "身高", "Height", "cm", None, None, 1),
    Item("WT", "体重", "Weight", "kg", None, None, 1),
    Item("BMI", "体重指数", "Body Mass Index", "kg/m^2", 18.5, 23.9, 1),
    Item("SBP", "收缩压", "Systolic Pressure", "mmHg", 90, 139, 0),
    Item("DBP", "舒张压", "Diastolic Pressure", "mmHg", 60, 89, 0),
    Item("PULSE", "脉搏", "Pulse", "次/分", 60, 100, 0),
    Item("GLU", "空腹血糖", "Fasting Glucose", "mmol/L", 3.9, 6.1, 2),
    Item("TC", "总胆固醇", "Total Cholesterol", "mmol/L", None, 5.2, 2),
    Item("UA", "尿酸", "Uric Acid", "μmol/L", 208, 428, 0),
)
ECG = (
    Item("HR", "心率", "Vent. Rate", "次/分", 60, 100, 0),
    Item("PR", "PR间期", "PR Interval", "ms", 120, 200, 0),
    Item("QRS", "QRS时限", "QRS Duration", "ms", 60, 110, 0),
    Item("QT", "QT间期", "QT Interval", "ms", 340, 430, 0),
    Item("QTc", "QTc间期", "QTc Interval", "ms", 360, 450, 0),
    Item("AXIS", "QRS电轴", "QRS Axis", "°", -30, 90, 0),
    Item("RV5", "RV5振幅", "RV5 Amplitude", "mV", 0.6, 2.5, 2),
    Item("SV1", "SV1振幅", "SV1 Amplitude", "mV", 0.3, 1.8, 2),
)
UNITS_EN = {"次/分": "bpm", "/μL": "/μL"}

NEG = ("阴性(-)", "Negative")
POS = (("弱阳性(±)", "Trace"), ("阳性(1+)", "1+"), ("阳性(2+)", "2+"))
URINE_STRIP = (
    Qualitative("COL", "颜色", "Colour", ("淡黄色", "Yellow"), (("深黄色", "Amber"), ("洗肉水色", "Red"))),
    Qualitative("TUR", "透明度", "Clarity", ("清", "Clear"), (("微浊", "Hazy"), ("浑浊", "Turbid"))),
    Qualitative("LEU", "白细胞酯酶", "Leukocyte Esterase", NEG, POS),
    Qualitative("NIT", "亚硝酸盐", "Nitrite", NEG, (("阳性(+)", "Positive"),)),
    Qualitative("URO", "尿胆原", "Urobilinogen", ("正常", "Normal"), (("阳性(1+)", "1+"),)),
    Qualitative("PRO", "蛋白质", "Protein", NEG, POS),
    Qualitative("BLD", "隐血", "Blood", NEG, POS),
    Qualitative("KET", "酮体", "Ketones", NEG, POS),
    Qualitative("BIL", "胆红素", "Bilirubin", NEG, POS[:2]),
    Qualitative("GLU", "葡萄糖", "Glucose", NEG, POS),
)
URINE_COUNT = (
    Item("pH", "酸碱度", "pH", "", 4.5, 8.0, 1),
    Item("SG", "比重", "Specific Gravity", "", 1.003, 1.03, 3),
    Item("U-RBC", "红细胞", "Red Cells", "/μL", 0, 17, 0),
    Item("U-WBC", "白细胞", "White Cells", "/μL", 0, 28, 0),
    Item("EC", "上皮细胞", "Epithelial Cells", "/μL", 0, 28, 0),
    Item("CAST", "管型", "Casts", "/μL", 0, 1, 0),
    Item("BACT", "细菌", "Bacteria", "/μL", 0, 130, 0),
    Item("COND", "电导率", "Conductivity", "mS/cm", 5, 38, 1),
)
INFECTION = (
    Qualitative("HBsAg", "乙肝表面抗原", "HBsAg", NEG, (("阳性(+)", "Positive"),), "IU/mL"),
    Qualitative("HBsAb", "乙肝表面抗体", "Anti-HBs", NEG, (("阳性(+)", "Positive"),), "mIU/mL"),
    Qualitative("HBeAg", "乙肝e抗原", "HBeAg", NEG, (("阳性(+)", "Positive"),), "S/CO"),
    Qualitative("HBeAb", "乙肝e抗体", "Anti-HBe", NEG, (("阳性(+)", "Positive"),), "S/CO"),
    Qualitative("HBcAb", "乙肝核心抗体", "Anti-HBc", NEG, (("阳性(+)", "Positive"),), "S/CO"),
    Qualitative("HCVAb", "丙肝抗体", "Anti-HCV", NEG, (("弱阳性(±)", "Equivocal"),), "S/CO"),
    Qualitative("TPAb", "梅毒螺旋体抗体", "Syphilis Ab", NEG, (("弱阳性(±)", "Equivocal"),), "S/CO"),
    Qualitative("HIV", "HIV抗原抗体", "HIV Ag/Ab", NEG, (("待复检", "Repeat"),), "S/CO"),
)
EXAM_ROOM = (
    Qualitative("EYE", "裸眼视力", "Visual Acuity", ("1.0", "20/20"), (("0.6", "20/40"),)),
    Qualitative("EAR", "听力", "Hearing", ("正常", "Normal"), (("右耳下降", "Reduced right"),)),
    Qualitative("SKIN", "皮肤", "Skin", ("未见异常", "Normal"), (("散在丘疹", "Mild rash"),)),
    Qualitative("NECK", "甲状腺触诊", "Thyroid", ("未及肿大", "Normal"), (("左侧结节", "Left nodule"),)),
    Qualitative("LUNG", "肺部听诊", "Chest Sounds", ("呼吸音清", "Clear"), (("呼吸音粗", "Coarse"),)),
)
HINTS = {
    "WBC": ("感染或炎症待排", "Infection?"),
    "NEUT%": ("细菌感染可能", "Bacterial infection?"),
    "ALT": ("肝细胞损伤可能", "Liver injury?"),
    "GLU": ("血糖代谢异常", "Impaired glucose"),
    "UREA": ("肾功能受损可能", "Renal impairment?"),
    "UA": ("高尿酸血症", "Hyperuricaemia"),
    "D-D": ("血栓风险待排", "Thrombosis?"),
    "K": ("电解质紊乱", "Electrolyte disorder"),
}
OTHER_HINT = ("结合临床", "Correlate clinically")

# Medicine boxes: (name, specification, [(ingredient, amount, unit)], uses, dosage, warning, storage).
MedicineBox = tuple[str, str, tuple[tuple[str, str, str], ...], str, str, str, str]
BOXES: dict[str, tuple[MedicineBox, ...]] = {
    "zh": (
        (
            "多维元素咀嚼片",
            "每片1.2g×60片",
            (
                ("维生素A", "400", "μg"),
                ("维生素B1", "0.8", "mg"),
                ("维生素B2", "0.9", "mg"),
                ("维生素C", "60", "mg"),
                ("维生素D3", "5", "μg"),
                ("叶酸", "200", "μg"),
                ("锌", "7.5", "mg"),
                ("铁", "10", "mg"),
            ),
            "用于预防因维生素与矿物质缺乏所引起的各种不适。",
            "口服，成人一次1片，一日1次，饭后嚼服。",
            "严格按规定剂量服用，儿童须在成人监护下使用。",
            "遮光，密封，在阴凉干燥处保存。",
        ),
    ),
    "en": (
        (
            "CALVITA D Tablets",
            "60 film-coated tablets",
            (
                ("Calcium", "500", "mg"),
                ("Vitamin D3", "10", "μg"),
                ("Magnesium", "56", "mg"),
                ("Zinc", "5", "mg"),
                ("Vitamin K2", "45", "μg"),
            ),
            "For the prevention of calcium and vitamin D deficiency.",
            "Take one tablet twice daily with food.",
            "Keep out of the reach of children. Do not exceed the stated dose.",
            "Store below 25 °C in a dry place.",
        ),
    ),
}

# Free text by "language-kind"; a report's number picks the case.
CASES: dict[str, tuple[Case, ...]] = {
    "zh-ultrasound": (
        Case(
            "消化内科",
            "腹部彩超",
            "肝胆胰脾",
            "肝脏大小形态正常，包膜光滑，实质回声细密增强，后方轻度衰减，肝内管道走行欠清晰。胆囊大小约{58-72}mm×{20-28}mm，"
            "壁毛糙，腔内见一强回声光团，大小约{5-11}mm，后伴声影，可随体位移动。胰腺形态正常，回声均匀。"
            "脾脏厚约{28-36}mm，回声均匀。CDFI：肝内血流分布未见明显异常。",
            "1.脂肪肝（轻度） 2.胆囊结石 3.胰脾未见明显异常",
            "低脂饮食，半年后复查。",
        ),
        Case(
            "内分泌科",
            "甲状腺彩色多普勒超声",
            "甲状腺及颈部淋巴结",
            "甲状腺左叶厚{13-16}mm，右叶厚{13-17}mm，峡部厚{2-4}mm，包膜完整，实质回声欠均匀。右叶中部见一低回声结节，"
            "大小约{5.1-8.9}mm×{4.0-5.0}mm，边界清，形态规则，纵横比<1，未见明显钙化。左叶未见明显占位。"
            "双侧颈部未见明显肿大淋巴结。",
            "甲状腺右叶低回声结节，TI-RADS 3类。",
            "",
            "图像质量受患者配合影响。",
        ),
    ),
    "zh-endoscopy": (
        Case(
            "消化内镜中心",
            "无痛电子胃镜检查",
            "食管、胃、十二指肠",
            "食管：黏膜光滑，血管纹理清晰，齿状线距门齿约{38-41}cm。贲门：开闭良好。胃底：黏液湖清。胃体：皱襞排列规整。"
            "胃角：弧度尚可。胃窦：黏膜充血水肿，红白相间，以红为主，见散在糜烂灶。幽门：圆形，开闭可。"
            "十二指肠球部及降部未见异常。活检：胃窦{1-3}块。",
            "慢性非萎缩性胃炎伴糜烂",
            "1.待病理结果 2.规律饮食，忌烟酒 3.查幽门螺杆菌",
        ),
        Case(
            "消化内科",
            "电子结肠镜检查",
            "",
            "循腔进镜至回肠末端，所见回肠末端黏膜光滑。回盲瓣呈唇样，阑尾开口清晰。升结肠见一枚息肉，大小约{4-8}mm，"
            "表面光滑，予冷圈套切除并回收送检。横结肠、降结肠、乙状结肠黏膜光整，血管网清晰。直肠未见异常。"
            "肠道准备波士顿评分{7-9}分。",
            "结肠息肉（已切除）",
            "术后流质饮食2日，一周内避免剧烈运动。",
            "病理报告三个工作日后领取。",
        ),
    ),
    "zh-ct": (
        Case(
            "呼吸内科",
            "胸部CT平扫",
            "胸部",
            "胸廓对称，双肺纹理清晰。右肺上叶尖段见一磨玻璃结节，大小约{5-8}mm×{4-5}mm，边缘尚清。左肺下叶见少许条索影。"
            "气管及支气管通畅。纵隔内未见明显肿大淋巴结。心影大小正常，主动脉壁见点状钙化。双侧胸腔未见积液。",
            "1.右肺上叶磨玻璃结节，建议{3-6}个月后复查 2.左肺下叶少许纤维灶 3.主动脉硬化",
        ),
        Case(
            "神经内科",
            "头颅CT平扫",
            "头部",
            "双侧基底节区见斑点状低密度影，边界清。余脑实质密度未见明显异常。脑室系统大小形态正常，脑沟脑裂略增宽。"
            "中线结构居中。颅骨骨质完整。",
            "双侧基底节区腔隙性脑梗死",
            "建议结合MRI检查。",
        ),
    ),
    "zh-record": (
        Case(
            "心血管内科",
            "",
            "",
            "体温{36.2-36.9}℃，脉搏{72-96}次/分，血压{145-168}/{88-99}mmHg。神志清楚，双肺呼吸音清，未闻及干湿啰音。"
            "心律齐，各瓣膜听诊区未闻及杂音。腹软，无压痛。双下肢无水肿。",
            "原发性高血压2级",
            "1.低盐低脂饮食 2.苯磺酸氨氯地平片5mg每日1次 3.监测血压，两周后复诊",
            "反复头晕3个月，加重2天",
        ),
    ),
    "zh-mri": (
        Case(
            "骨科",
            "腰椎MRI平扫",
            "腰椎",
            "腰椎生理曲度变直，各椎体边缘见骨质增生。L4/5椎间盘T2信号减低，向后突出约{4-6}mm，硬膜囊受压，双侧侧隐窝变窄。"
            "L5/S1椎间盘轻度膨出。脊髓圆锥位置及信号正常。黄韧带未见明显增厚。",
            "1.腰椎退行性变 2.L4/5椎间盘突出 3.L5/S1椎间盘膨出",
            "",
            "请结合临床体征。",
        ),
    ),
    "zh-xray": (
        Case(
            "急诊科",
            "左腕关节正侧位",
            "左腕",
            "左桡骨远端见横行骨折线，断端向背侧移位约{2-4}mm，关节面未见明显受累。尺骨茎突形态完整。腕骨排列规整。"
            "周围软组织肿胀。",
            "左桡骨远端骨折",
            "骨科就诊，{4-6}周后复查X线片。",
        ),
    ),
    "zh-ecg": (
        Case(
            "心电图室",
            "十二导联同步心电图",
            "",
            "",
            "1.窦性心律 2.偶发室性早搏 3.ST-T轻度改变",
            "请结合临床，必要时行动态心电图检查。",
        ),
    ),
    "zh-pathology": (
        Case(
            "消化内科",
            "活体组织检查",
            "胃窦黏膜",
            "灰白色黏膜组织{2-4}块，直径约0.2cm。镜下见胃窦黏膜固有层淋巴细胞、浆细胞浸润，腺体排列尚规则，"
            "局灶肠上皮化生，未见异型增生。特殊染色：HP(+)。",
            "（胃窦）慢性浅表性胃炎，活动性，伴局灶肠化，HP阳性。",
            "",
            "送检组织已全部取材。",
        ),
    ),
    "zh-prescription": (
        Case(
            "呼吸内科",
            "",
            "",
            "",
            "急性支气管炎",
            "1.阿莫西林胶囊 0.5g×24粒 用法：口服，一次0.5g，一日3次 2.盐酸氨溴索片 30mg×20片 用法：口服，一次30mg，一日3次 "
            "3.复方甘草片 100片 用法：口服，一次{2-3}片，一日3次",
            "青霉素皮试阴性",
        ),
    ),
    "zh-physical": (
        Case(
            "健康管理科",
            "年度健康体检",
            "",
            "",
            "1.体重超重 2.血压正常高值 3.余项目未见明显异常",
            "控制饮食，每周运动{3-5}次，每次30分钟以上；三个月后复测血压。",
        ),
    ),
    "en-ultrasound": (
        Case(
            "Radiology",
            "Ultrasound of the abdomen",
            "Abdomen",
            "The liver measures {13.5-15.5} cm and shows mildly increased echogenicity. No focal lesion is seen. "
            "The gallbladder is well distended without stones. The common bile duct measures {3-5} mm. Both kidneys "
            "are normal in size, with a simple cortical cyst of {11-19} mm in the left kidney.",
            "Mild fatty liver. Simple left renal cyst.",
            "Repeat ultrasound in 12 months.",
        ),
    ),
    "en-endoscopy": (
        Case(
            "Gastroenterology",
            "Upper GI endoscopy",
            "",
            "The oesophagus was normal to the Z-line at {37-41} cm. A small sliding hiatus hernia of {2-3} cm was noted. "
            "The antrum was patchily red with a few erosions. The duodenum was normal to the second part. "
            "Two antral biopsies were taken.",
            "Erosive antral gastritis. Small hiatus hernia.",
            "Omeprazole 20 mg daily for {4-8} weeks. Review with histology.",
            "Sedation: midazolam 2 mg.",
        ),
    ),
    "en-ct": (
        Case(
            "Emergency",
            "CT abdomen and pelvis with contrast",
            "Abdomen and pelvis",
            "There is a {4-6} mm calculus at the left vesicoureteric junction with mild hydronephrosis. The right kidney, "
            "liver, spleen and pancreas are unremarkable. The appendix is normal. No free fluid or free air. "
            "Degenerative change in the lumbar spine.",
            "Obstructing left distal ureteric stone.",
            "Urology referral.",
        ),
    ),
    "en-record": (
        Case(
            "Family Medicine",
            "",
            "",
            "Temperature {36.2-36.9} C, pulse {72-96} per minute, blood pressure {145-168}/{88-99} mmHg. Chest clear. "
            "Heart sounds normal, no murmur. Abdomen soft. No ankle oedema.",
            "Essential hypertension.",
            "Low-salt diet. Amlodipine 5 mg daily. Review in two weeks.",
            "Recurrent dizziness for three months.",
        ),
    ),
    "en-mri": (
        Case(
            "Orthopaedics",
            "MRI right knee without contrast",
            "Right knee",
            "There is an oblique tear of the posterior horn of the medial meniscus reaching the inferior surface. "
            "The cruciate and collateral ligaments are intact. Small joint effusion. Cartilage thinning of the medial "
            "compartment measuring up to {6-9} mm. No marrow oedema.",
            "Medial meniscal tear. Mild medial osteoarthritis.",
            "",
        ),
    ),
    "en-xray": (
        Case(
            "Respiratory Medicine",
            "Chest X-ray PA view",
            "Chest",
            "Patchy opacity is seen in the right lower zone. The left lung is clear. The heart size is normal with a "
            "cardiothoracic ratio of 0.{44-49}. The costophrenic angles are sharp. No bony abnormality.",
            "Right lower zone consolidation, likely infective.",
            "Follow-up film in {4-6} weeks.",
        ),
    ),
    "en-ecg": (
        Case(
            "Cardiology",
            "12-lead resting ECG",
            "",
            "",
            "Sinus rhythm. Left ventricular hypertrophy by voltage. Nonspecific T wave changes.",
            "Echocardiogram advised.",
            "Unconfirmed report.",
        ),
    ),
    "en-pathology": (
        Case(
            "Dermatology",
            "Skin biopsy histology",
            "Left forearm",
            "An ellipse of skin {10-14} x {5-8} mm with a central pigmented area of {3-5} mm. Sections show nested "
            "melanocytes at the dermo-epidermal junction and in the upper dermis with maturation at depth. "
            "No significant atypia. Margins are clear.",
            "Benign compound naevus, completely excised.",
            "No further treatment required.",
        ),
    ),
    "en-prescription": (
        Case(
            "Family Medicine",
            "",
            "",
            "",
            "Essential hypertension",
            "1. Amlodipine 5 mg tablets, one daily, 28 tablets 2. Atorvastatin 20 mg tablets, one at night, 28 tablets "
            "3. Aspirin 75 mg tablets, one daily, {28-56} tablets",
            "No known drug allergy",
        ),
    ),
    "en-physical": (
        Case(
            "Occupational Health",
            "Annual physical examination",
            "",
            "",
            "Overweight. High-normal blood pressure. Fit for work.",
            "Low-fat diet and {3-5} hours of exercise a week. Recheck blood pressure in six months.",
        ),
    ),
}
